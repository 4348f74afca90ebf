import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, describe, test } from 'vitest';
import type { JsonObject } from '../../../src/cluster/json.ts';
import { strategicMerge } from '../../../src/cluster/patching/strategic-merge.ts';

/** What a patch makes of a pod's spec. */
function pod(spec: JsonObject, patch: JsonObject): unknown {
  const merged = strategicMerge({ apiVersion: 'v1', kind: 'Pod', spec }, { spec: patch });
  return merged.ok ? merged.document['spec'] : `${merged.code} ${merged.problem}`;
}

const NAMED = (...names: string[]): JsonObject[] => names.map((name) => ({ name }));

/** The cases of apimachinery's pkg/util/strategicpatch/patch_test.go, told of the fields of a pod. */
describe('a strategic merge patch', () => {
  test('merges lists by their keys and replaces the others', () => {
    const spec = { containers: [{ name: 'a', image: 'x', args: ['1'] }, { name: 'b', image: 'y' }], tolerations: [{ key: 'k' }], nodeSelector: { a: '1', b: '2' } };
    expect(pod(spec, { containers: [{ name: 'a', args: ['2'] }], tolerations: [{ key: 'l' }], nodeSelector: { b: null, c: '3' } })).toEqual({
      containers: [{ name: 'a', image: 'x', args: ['2'] }, { name: 'b', image: 'y' }], tolerations: [{ key: 'l' }], nodeSelector: { a: '1', c: '3' },
    });
  });

  test('puts what is new before what stood alone on the server', () => {
    expect(pod({ containers: NAMED('a', 'b') }, { containers: NAMED('c') })).toEqual({ containers: NAMED('c', 'a', 'b') });
    expect(pod({ containers: NAMED('a', 'b') }, { containers: NAMED('b', 'c') })).toEqual({ containers: NAMED('a', 'b', 'c') });
  });

  test('deletes, replaces and empties as its directives say', () => {
    expect(pod({ containers: NAMED('a', 'b') }, { containers: [{ name: 'a', $patch: 'delete' }] })).toEqual({ containers: NAMED('b') });
    expect(pod({ containers: NAMED('a', 'b') }, { containers: [{ $patch: 'replace' }, { name: 'z' }] })).toEqual({ containers: NAMED('z') });
    expect(pod({ containers: NAMED('a') }, { $patch: 'replace', hostname: 'h' })).toEqual({ hostname: 'h' });
    expect(pod({ nodeSelector: { a: '1' } }, { nodeSelector: { $patch: 'delete' } })).toEqual({ nodeSelector: {} });
    expect(pod({ containers: [{ name: 'a', image: 'x' }, { name: 'a', image: 'y' }, { name: 'b' }] }, { containers: [{ name: 'a', $patch: 'delete' }] })).toEqual({ containers: NAMED('b') });
    expect(pod({}, { containers: [{ name: 'a', $patch: 'delete' }, { name: 'b', image: null }], nodeSelector: { $patch: 'delete' } })).toEqual({ containers: NAMED('b') });
  });

  test('retains the keys of a union that it names', () => {
    const volumes = [{ name: 'v', emptyDir: {} }];
    expect(pod({ volumes }, { volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'm' } }] })).toEqual({ volumes: [{ name: 'v', configMap: { name: 'm' } }] });
    expect(pod({ volumes }, { volumes: [{ name: 'v', $retainKeys: ['name'], configMap: { name: 'm' } }] })).toBe('400 invalid patch format of retainKeys');
  });

  test('orders lists as it sets their order', () => {
    const order = (...names: string[]): JsonObject => ({ '$setElementOrder/containers': NAMED(...names) });
    expect(pod({ containers: NAMED('a', 'b') }, { containers: NAMED('c'), ...order('c', 'b', 'a') })).toEqual({ containers: NAMED('c', 'b', 'a') });
    expect(pod({ containers: NAMED('a', 's', 'b') }, order('b', 'a'))).toEqual({ containers: NAMED('s', 'b', 'a') });
    expect(pod({ containers: NAMED('s', 'a', 'b') }, { containers: NAMED('c'), ...order('a', 'c', 'b') })).toEqual({ containers: NAMED('s', 'a', 'c', 'b') });
    expect(pod({ containers: NAMED('a', 'b') }, { containers: [{ name: 'a', $patch: 'delete' }], ...order('b') })).toEqual({ containers: NAMED('b') });
    expect(pod({ containers: NAMED('a') }, { containers: NAMED('b', 'a'), ...order('a', 'b') })).toMatch(/^500 The order in patch list:\n\[map\[name:b] map\[name:a]]\n doesn't match \$setElementOrder list:/);
  });

  test('merges lists of plain values as sets', () => {
    const meta = (finalizers: string[], patch: JsonObject): unknown => {
      const merged = strategicMerge({ apiVersion: 'v1', kind: 'Pod', metadata: { finalizers } }, { metadata: patch });
      return merged.ok ? (merged.document['metadata'] as JsonObject)['finalizers'] : merged.problem;
    };
    expect(meta(['a', 'b'], { finalizers: ['b', 'c'] })).toEqual(['a', 'b', 'c']);
    expect(meta(['a', 'b'], { '$deleteFromPrimitiveList/finalizers': ['a'] })).toEqual(['b']);
    expect(meta(['a', 'b'], { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'], '$setElementOrder/finalizers': ['c', 'b'] })).toEqual(['c', 'b']);
    expect(meta(['a'], { '$deleteFromPrimitiveList/finalizers': 'a' })).toBe('invalid patch format of primitive list');
  });

  test('goes by the keys that each kind has', () => {
    const service = { apiVersion: 'v1', kind: 'Service', spec: { ports: [{ port: 80, targetPort: 8080 }, { port: 443, targetPort: 8443 }] } };
    expect(strategicMerge(service, { spec: { ports: [{ port: 443, targetPort: 9443 }] } })).toMatchObject({ document: { spec: { ports: [{ port: 80 }, { port: 443, targetPort: 9443 }] } } });
    const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', spec: { rules: [{ host: 'a' }] } };
    expect(strategicMerge(ingress, { spec: { rules: [{ host: 'b' }] } })).toMatchObject({ document: { spec: { rules: [{ host: 'b' }] } } });
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec: { selector: { matchLabels: { a: '1' } } } };
    expect(strategicMerge(budget, { spec: { selector: { matchLabels: { b: '2' } } } })).toMatchObject({ ok: true, document: { spec: { selector: { matchLabels: { b: '2' } } } } });
  });

  test('is refused in the real words', () => {
    expect(pod({ containers: NAMED('a') }, { containers: [{ image: 'x' }] })).toBe('500 map: map[image:x] does not contain declared merge key: name');
    expect(pod({ containers: NAMED('a') }, { containers: [{ name: 'a', $patch: 'merge' }] })).toBe('500 merging lists cannot yet be specified in the patch');
    expect(pod({ containers: NAMED('a') }, { containers: [{ name: 'a', $patch: 'drop' }] })).toBe('500 unknown patch type: drop in map: map[$patch:drop name:a]');
    expect(pod({ containers: NAMED('a') }, { containers: ['a'] })).toMatch(/^500 list element types are not identical/);
  });
});

test('the markers are those of the published schemas', () => {
  const file = 'src/cluster/patching/merge-markers.json';
  const before = readFileSync(file, 'utf8');
  execFileSync(process.execPath, ['bin/merge-markers.mjs']);
  expect(readFileSync(file, 'utf8')).toBe(before);
});
