import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeKubectl } from '../../../../src/drill/tools/kubectl/complete.ts';
import { runKubectl } from '../../../../src/drill/tools/kubectl/kubectl.ts';
import { VERBS } from '../../../../src/drill/tools/kubectl/verbs.ts';
import { AShop } from './a-shop.ts';

const WORDS = [
  'pods', 'pod', 'deploy', 'svc', 'sts', 'rs', 'ep', 'cm', 'nodes', 'events', 'ns', 'all', 'ingress', 'foo', 'deploy/checkout', 'pod/postgres-0', 'checkout', 'postgres', 'node-1', 'flags',
  'a/b/c', '/', 'status', 'history', 'undo', 'restart', 'pause', 'resume', 'image', 'env', 'resources', 'checkout=x', 'A=b', 'ADDRESS_CHECK-', '*=y', 'constructor', '__proto__', 'toString',
  '-n', 'shop', '-A', '-l', 'app=checkout', 'app in (', '-o', 'wide', 'yaml', 'json', 'name', 'jsonpath={.items[*].metadata.name}', 'jsonpath={..a[?(@.b', 'custom-columns=A:.b', '--show-labels', '--replicas=3', '--replicas', '-1',
  '--all', '--force', '--grace-period=0', '--to-revision=1', '--tail=5', '--since=1m', '-p', '{"spec":{"replicas":2}}', '{"__proto__":{}}', '[{"op":"remove","path":"/spec"}]', '--type=json', '--type=merge', '-c', '--list', '--sort-by', 'cpu', '.metadata.name',
  '--field-selector', 'status.phase=Running', '--dry-run=server', '--overwrite', '--', '-', '--limits=cpu=1', '--help', '-L', 'app', '--for', '',
];

it('whatever is typed is answered: no line makes kubectl throw or print a control character', () => {
  const shop = new AShop();
  const word = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...WORDS) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) });
  const verb = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...Object.keys(VERBS), 'exec', 'edit', 'help') }, { weight: 1, arbitrary: word });
  fc.assert(fc.property(verb, fc.array(word, { maxLength: 7 }), (first, others) => {
    const result = runKubectl([first, ...others], shop.context());
    expect([0, 1]).toContain(result.exitCode);
    // oxlint-disable-next-line no-control-regex
    expect(result.text.join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    for (const write of result.writes) expect(write.undo === null || write.restore === null).toBe(true);
    expect(Array.isArray(completeKubectl([first, ...others], shop.plane.api, 'shop'))).toBe(true);
  }), { numRuns: 1500 });
});

describe('completion', () => {
  const shop = new AShop();
  const complete = (line: string): readonly string[] => completeKubectl(line.split(' '), shop.plane.api, 'shop');

  it.each([
    ['ge', ['get']],
    ['ro', ['rollout']],
    ['rollout u', ['undo']],
    ['get dep', ['deployments']],
    ['-n shop get deploy ch', ['checkout']],
    ['get deploy/st', ['deploy/storefront']],
    ['rollout undo deployment/c', ['deployment/checkout']],
    ['logs postg', ['postgres-0']],
    ['logs deploy/', ['deploy/checkout', 'deploy/storefront']],
    ['scale s', ['statefulset/postgres']],
    ['drain node', ['node-1', 'node-2']],
    ['get pods -n sh', ['shop']],
    ['get pods -o ya', ['yaml']],
    ['scale deploy/checkout --rep', ['--replicas']],
    ['nothing x', []],
  ])('%s', (line, expected) => {
    expect(complete(line)).toEqual(expected);
  });
});
