import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonPatchOperation } from '../../../src/cluster/api.ts';
import { jsonPatch } from '../../../src/cluster/patching/json-patch.ts';

const add = (path: string, value: unknown): JsonPatchOperation => ({ op: 'add', path, value });
const copy = (from: string, path: string): JsonPatchOperation => ({ op: 'copy', from, path });

describe('a JSON patch that wants too much', () => {
  test('copies of copies end before they fill the memory', () => {
    const doubling = Array.from({ length: 30 }, (_, nth) => copy('/data', `/data/k${nth}`));
    expect(jsonPatch({ data: { a: 'x'.repeat(1_000) } }, doubling)).toMatchObject({ ok: false, problem: expect.stringContaining('exceeding the limit 3145728') as unknown });
  });

  test('copies that stay small are made', () => {
    expect(jsonPatch({ data: { a: 'x' } }, [copy('/data/a', '/data/b'), copy('/data', '/more')])).toEqual({ ok: true, document: { data: { a: 'x', b: 'x' }, more: { a: 'x', b: 'x' } } });
  });

  test('ten thousand operations on one list take no time', () => {
    const adds = Array.from({ length: 10_000 }, (_, nth) => add('/list/0', nth));
    const patched = jsonPatch({ list: [] }, adds);
    expect(patched.ok && (patched.document as { list: number[] }).list.slice(0, 2)).toEqual([9_999, 9_998]);
  });

  test.each([
    ['a path of a thousand parts', [add('/a'.repeat(1_000), 1)]],
    ['a document that is moved deeper with each operation', [add('/x', {}), ...Array.from({ length: 5_000 }, (_, nth) => [add(`/y${nth}`, {}), { op: 'move', from: '/x', path: `/y${nth}/x` } as const, { op: 'move', from: `/y${nth}`, path: '/x' } as const]).flat()]],
    ['copies into themselves', [add('/x', {}), ...Array.from({ length: 900 }, () => copy('/x', '/x/a'))]],
  ])('%s is refused', (_what, operations) => {
    expect(jsonPatch({}, operations)).toMatchObject({ ok: false });
  });
});

test('whatever it does, the document itself stays as it was', () => {
  const pointer = fc.array(fc.constantFrom('a', 'b', '0', '1', '-'), { maxLength: 3 }).map((keys) => keys.map((key) => `/${key}`).join(''));
  const operation = fc.record({ op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'), path: pointer, from: pointer, value: fc.constantFrom<unknown>(1, {}, { a: [] }, [{ b: 1 }]) });
  fc.assert(fc.property(fc.array(operation, { maxLength: 12 }), (operations) => {
    const document = { a: { b: [1, { a: 2 }], a: {} }, b: [[0], { b: {} }] };
    const before = structuredClone(document);
    jsonPatch(document, operations);
    expect(document).toEqual(before);
  }));
});
