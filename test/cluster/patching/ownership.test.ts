import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sameJson, type JsonObject } from '../../../src/cluster/json.ts';
import { addedFields } from '../../../src/cluster/patching/added-fields.ts';
import { difference, fieldSet, fromFieldsV1, intersection, paths, toFieldsV1, union } from '../../../src/cluster/patching/field-set.ts';
import { fieldsOf } from '../../../src/cluster/patching/fields-of.ts';
import type { Managed } from '../../../src/cluster/patching/managers.ts';
import { afterUpdate, apply, changesBetween, type Write } from '../../../src/cluster/patching/ownership.ts';
import { pathText, type Structure } from '../../../src/cluster/patching/structure.ts';

/** A type with one of each: a scalar, a map, an atomic list, a set, and a list by two keys, one of which has a default. */
const SCALAR: Structure = { kind: 'scalar', type: 'any' };
const PORT: Structure = { kind: 'map', others: null, field: (name) => ({ port: SCALAR, protocol: SCALAR, note: SCALAR })[name] };
const FIELDS: Readonly<Record<string, Structure>> = {
  count: SCALAR, labels: { kind: 'map', others: SCALAR, field: () => undefined }, args: { kind: 'atomic', of: 'list' }, marks: { kind: 'set' },
  ports: { kind: 'list', keys: ['port', 'protocol'], defaults: { protocol: 'TCP' }, item: () => PORT },
};
const TYPE: Structure = { kind: 'map', others: null, field: (name) => (Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined) };

const write = (name: string, operation: 'Apply' | 'Update' = 'Apply'): Write => ({
  manager: { name, operation, apiVersion: 'v1', subresource: '' }, time: '2026-01-01T00:00:00Z', structure: TYPE, within: (fields) => fields,
});

interface State {
  readonly object: JsonObject;
  readonly managed: readonly Managed[];
}

const NOTHING: State = { object: {}, managed: [] };

function applied(state: State, name: string, config: JsonObject, force = true): State {
  const result = apply(state.object, config, state.managed, { ...write(name), force });
  if ('conflicts' in result) throw new Error(result.conflicts.map(({ manager, path }) => `${manager.name} ${pathText(path)}`).join(', '));
  return result;
}

function updated(state: State, name: string, next: JsonObject): State {
  return { object: next, managed: afterUpdate(state.object, next, state.managed, write(name, 'Update')) };
}

const owns = ({ managed }: State, name: string): string[] => managed.filter(({ manager }) => manager.name === name).flatMap(({ fields }) => paths(fields).map(pathText));

describe('whoever applies', () => {
  test('owns what is applied, and its items by their keys', () => {
    const state = applied(NOTHING, 'ana', { count: 1, labels: { a: 'x' }, args: ['b', 'a'], marks: ['m'], ports: [{ port: 80, note: 'web' }] });
    expect(owns(state, 'ana')).toEqual(['.args', '.count', '.labels.a', '.marks[="m"]', '.ports[port=80,protocol="TCP"]', '.ports[port=80,protocol="TCP"].note', '.ports[port=80,protocol="TCP"].port']);
    expect(toFieldsV1(state.managed[0]?.fields ?? fieldSet())).toEqual({
      'f:args': {}, 'f:count': {}, 'f:labels': { 'f:a': {} }, 'f:marks': { 'v:"m"': {} }, 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:note': {}, 'f:port': {} } },
    });
  });

  test('gives up what is no longer applied, and takes it away where nobody else owns it', () => {
    const both = applied(applied(NOTHING, 'ana', { count: 1, labels: { a: 'x', b: 'y' }, ports: [{ port: 80 }, { port: 81 }] }), 'ben', { labels: { b: 'y' } });
    const after = applied(both, 'ana', { count: 1, ports: [{ port: 81 }] });
    expect(after.object).toEqual({ count: 1, labels: { b: 'y' }, ports: [{ port: 81 }] });
    expect(owns(after, 'ben')).toEqual(['.labels.b']);
    expect(applied(after, 'ana', {}).object).toEqual({ labels: { b: 'y' } });
  });

  test('conflicts with whoever set what would change, unless by force', () => {
    const state = updated(applied(NOTHING, 'ana', { count: 1 }), 'hpa', { count: 5 });
    expect(owns(state, 'ana')).toEqual([]);
    expect(() => applied(state, 'ana', { count: 1 }, false)).toThrow('hpa .count');
    expect(owns(applied(state, 'ana', { count: 1 }), 'hpa')).toEqual([]);
    // The same value is no conflict: it is owned by both.
    const shared = applied(state, 'ben', { count: 5 }, false);
    expect([owns(shared, 'hpa'), owns(shared, 'ben')]).toEqual([['.count'], ['.count']]);
  });

  test('leaves alone what an update put into a list that is applied', () => {
    const state = updated(applied(NOTHING, 'ana', { ports: [{ port: 80 }] }), 'mesh', { ports: [{ port: 80 }, { port: 15_001 }] });
    expect(applied(state, 'ana', { ports: [{ port: 80 }, { port: 81 }] }).object).toEqual({ ports: [{ port: 80 }, { port: 15_001 }, { port: 81 }] });
    expect(applied(state, 'ana', {}).object).toEqual({ ports: [{ port: 15_001 }] });
  });

  test('gives lists its own order, and replaces atomic ones', () => {
    const state = applied(NOTHING, 'ana', { ports: [{ port: 1 }, { port: 2 }, { port: 3 }], args: ['a', 'b'] });
    expect(applied(state, 'ben', { ports: [{ port: 3 }, { port: 1 }], args: ['b'] }).object).toEqual({ ports: [{ port: 2 }, { port: 3 }, { port: 1 }], args: ['b'] });
  });
});

const name = fc.constantFrom('a', 'b', 'c');
/** Nothing in it is empty: whether an emptied list is left over or gone, is as undecided in the real server. */
const config: fc.Arbitrary<JsonObject> = fc.record({
  count: fc.nat(2), labels: fc.dictionary(name, fc.constantFrom('x', 'y'), { noNullPrototype: true, minKeys: 1 }), args: fc.array(name, { maxLength: 2 }), marks: fc.uniqueArray(name, { minLength: 1 }),
  ports: fc.uniqueArray(fc.record({ port: fc.nat(3), note: fc.constantFrom('x', 'y') }, { requiredKeys: ['port'] }), { minLength: 1, selector: ({ port }) => port }),
}, { requiredKeys: [] });
const manager = fc.constantFrom('ana', 'ben', 'cy');
const step = fc.record({ manager, config, how: fc.constantFrom('apply', 'update') });

function played(steps: readonly { readonly manager: string; readonly config: JsonObject; readonly how: string }[]): State {
  return steps.reduce((state, one) => (one.how === 'apply' ? applied(state, one.manager, one.config) : updated(state, `${one.manager}-updates`, one.config)), NOTHING);
}

describe('whatever was written before', () => {
  test('to apply the same again changes nothing', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 5 }), manager, config, (before, who, what) => {
      const once = applied(played(before), who, what);
      const twice = applied(once, who, what, false);
      expect(sameJson(twice.object, once.object)).toBe(true);
      expect(owns(twice, who)).toEqual(owns(once, who));
    }));
  });

  test('what is applied is there, and belongs to who applied it', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 5 }), manager, config, (before, who, what) => {
      const state = applied(played(before), who, what);
      expect(owns(state, who)).toEqual(paths(fieldsOf(what, TYPE)).map(pathText));
      expect(paths(difference(fieldsOf(what, TYPE), fieldsOf(state.object, TYPE)))).toEqual([]);
    }));
  });

  test('nobody owns what is not there', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 6 }), (steps) => {
      const state = played(steps);
      const there = fieldsOf(state.object, TYPE);
      const leaves = (set: ReturnType<typeof fieldSet>): string[] => paths(set).filter((path) => !paths(set).some((other) => other.length > path.length && path.every((element, at) => other[at] === element))).map(pathText);
      // Objects on the way to fields may be left over, as in the real server; fields may not.
      for (const { fields } of state.managed) expect(leaves(difference(fields, there)).filter((path) => !/^\.(?:labels|ports|marks|args)$/.test(path))).toEqual([]);
    }));
  });

  test('two who apply what agrees leave the same, whoever comes first', () => {
    fc.assert(fc.property(config, (whole) => {
      const { count, ...rest } = whole;
      const one: JsonObject = count === undefined ? {} : { count };
      const forth = applied(applied(NOTHING, 'ana', one, false), 'ben', rest, false);
      const back = applied(applied(NOTHING, 'ben', rest, false), 'ana', one, false);
      expect(sameJson(forth.object, back.object)).toBe(true);
      expect(owns(forth, 'ben')).toEqual(owns(back, 'ben'));
    }));
  });
});

describe('sets of fields', () => {
  const set = fc.array(fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:"y"'), { minLength: 1, maxLength: 3 }), { maxLength: 6 }).map((members) => fieldSet(...members));

  test('come back from FieldsV1 as they were', () => {
    fc.assert(fc.property(set, (one) => { expect(toFieldsV1(fromFieldsV1(toFieldsV1(one)) ?? fieldSet())).toEqual(toFieldsV1(one)); }));
    for (const wrong of [{ a: {} }, { 'f:a': 1 }, { 'k:x': {} }, { 'v:': {} }, [], null]) expect(fromFieldsV1(wrong)).toBeNull();
  });

  test('are parted by what they share', () => {
    fc.assert(fc.property(set, set, (one, other) => {
      const parts = [difference(one, other), intersection(one, other), difference(other, one)];
      expect(toFieldsV1(parts.reduce(union))).toEqual(toFieldsV1(union(one, other)));
      expect(intersection(parts[0] ?? one, other).isEmpty).toBe(true);
    }));
  });

  test('of what is new are found the short way as the long', () => {
    fc.assert(fc.property(config, (object) => {
      expect(JSON.parse(addedFields(object, TYPE, fieldSet()) ?? '{}')).toEqual(toFieldsV1(changesBetween({}, object, TYPE).added));
    }));
  });
});
