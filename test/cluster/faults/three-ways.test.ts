import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { takenBack } from '../../../src/cluster/faults/three-ways.ts';

const leaf = fc.oneof(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 3 }), fc.boolean());
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof({ maxDepth: 3 }, leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('any'), { maxKeys: 3 })),
})).any;
const object = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), value, { maxKeys: 4 });

test('what nobody touched since is as it was before', () => {
  fc.assert(fc.property(object, object, (before, after) => {
    expect(takenBack(before, after, after)).toEqual(before);
  }));
});

test('a change that changed nothing takes nothing back', () => {
  fc.assert(fc.property(object, object, (before, now) => {
    expect(takenBack(before, before, now)).toEqual(now);
  }));
});

test('what somebody mended otherwise stays mended, and what they changed beside it stays', () => {
  const before = { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }], note: 'a' };
  const after = { selector: { app: 'web', tier: 'backend' }, ports: [{ name: 'http', port: 81 }], note: 'a' };
  expect(takenBack(before, after, { ...after, note: 'b' })).toEqual({ ...before, note: 'b' });
  expect(takenBack(before, after, { ...after, selector: { app: 'shop' } })).toEqual({ selector: { app: 'shop' }, ports: before.ports, note: 'a' });
  expect(takenBack(before, after, { ...after, ports: [{ name: 'http', port: 8080 }, { name: 'admin', port: 9000 }] })).toEqual({ ...before, ports: [{ name: 'http', port: 8080 }, { name: 'admin', port: 9000 }] });
});

test('things in a list are put back where they were, by their names', () => {
  const before = { env: [{ name: 'A', value: '1' }, { name: 'B', value: '2' }] };
  const after = { env: [{ name: 'A', value: '1' }] };
  expect(takenBack(before, after, { env: [{ name: 'A', value: '7' }, { name: 'C', value: '3' }] })).toEqual({ env: [{ name: 'A', value: '7' }, { name: 'B', value: '2' }, { name: 'C', value: '3' }] });
});
