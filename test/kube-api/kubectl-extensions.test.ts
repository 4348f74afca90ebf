import { execFile, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AServedCluster } from './a-served-cluster.ts';
import { aWidget, aWidgetDefinition, aWidgetVersion } from './a-widget.ts';

/** Which kubectl: `KUBECTL=/path/to/kubectl` tries another one. */
const KUBECTL = process.env['KUBECTL'] ?? 'kubectl';

function kubectlVersion(): string | null {
  try {
    return (JSON.parse(execFileSync(KUBECTL, ['version', '--client', '--output=json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion;
  } catch {
    return null;
  }
}

const version = kubectlVersion();

describe.skipIf(version === null)(`custom kinds with a real kubectl (${version ?? 'skipped: there is none on this machine'})`, { timeout: 60_000 }, () => {
  let served: AServedCluster;
  beforeAll(async () => { served = await AServedCluster.start(); });
  afterAll(async () => { await served.stop(); });

  /** Words as on a command line; `'…'` keeps spaces together. Both what it prints and what it complains of. */
  const run = (line: string): Promise<{ readonly code: number; readonly said: string }> => {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
    return new Promise((resolve) => {
      execFile(KUBECTL, words, { env: { PATH: process.env['PATH'] ?? '', HOME: served.folder, KUBECONFIG: served.kubeconfig }, encoding: 'utf8', timeout: 20_000 }, (error, out, err) => resolve({ code: error === null ? 0 : 1, said: out + err }));
    });
  };

  const ok = async (line: string): Promise<string> => {
    const { code, said } = await run(line);
    if (code !== 0) throw new Error(`kubectl ${line}\n${said}`);
    return said;
  };

  const file = (name: string, content: object): string => {
    const path = join(served.folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  test('a definition is applied, established, listed and explained', async () => {
    const definition = file('crd.json', aWidgetDefinition({ versions: [aWidgetVersion(), aWidgetVersion({ name: 'v1beta1', storage: false, deprecated: true })] }));
    expect(await ok(`apply -f ${definition}`)).toContain('customresourcedefinition.apiextensions.k8s.io/widgets.example.com created');
    expect(await ok('wait --for=condition=established crd/widgets.example.com --timeout=20s')).toContain('condition met');
    expect(await ok('get crd')).toMatch(/^NAME\s+CREATED AT\nwidgets\.example\.com\s+\d{4}-/);
    expect(await ok('api-resources --api-group=example.com')).toMatch(/widgets\s+wd\s+example\.com\/v1\s+true\s+Widget/);
    expect(await ok('explain widgets.spec')).toMatch(/GROUP:\s+example\.com|KIND:\s+Widget/);
    expect(await ok('explain widgets.spec.colour')).toContain('Its colour.');
    expect(await ok('describe crd widgets.example.com')).toContain('Established');
  });

  test('objects are created, printed, patched, scaled, labelled, edited and deleted', async () => {
    const one = file('one.json', aWidget('one'));
    expect(await ok(`create -f ${one}`)).toContain('widget.example.com/one created');
    expect(await ok('get widgets')).toMatch(/^NAME\s+REPLICAS\s+READY\s+AGE\none\s+1\s+\S*\s*\d+s?/);
    expect(await ok('get wd -o wide')).toContain('COLOUR');
    expect(await ok('get widget one -o jsonpath={.spec.colour}')).toBe('red');
    expect(await ok('get all')).toContain('widget.example.com/one');
    expect(await ok(`patch widget one --type=merge -p '{"spec":{"colour":"blue"}}'`)).toContain('patched');
    expect((await run(`patch widget one -p '{"spec":{"colour":"blue"}}'`)).code).toBe(1);
    expect(await ok('scale widget one --replicas=2')).toContain('scaled');
    expect(await ok('label widget one app=x')).toContain('labeled');
    expect(await ok('get widgets -l app=x -o name')).toBe('widget.example.com/one\n');
    expect(await ok('get widgets --field-selector spec.colour=blue -o name')).toBe('widget.example.com/one\n');
    expect(await ok('describe widget one')).toMatch(/Spec:\n\s+Colour:\s+blue/);
    expect(await ok('get widgets.v1beta1.example.com one')).toContain('example.com/v1beta1 Widget is deprecated');
    expect(await ok('delete widget one')).toContain('widget.example.com "one" deleted');
  });

  test('apply merges, on the client and on the server, and knows the schema', async () => {
    const path = file('two.json', aWidget('two', { colour: 'red', name: 'ada' }));
    expect(await ok(`apply -f ${path}`)).toContain('widget.example.com/two created');
    file('two.json', aWidget('two', { colour: 'blue', name: 'ada' }));
    expect(await ok(`apply -f ${path}`)).toContain('configured');
    expect(await ok(`diff -f ${path}`)).toBe('');
    const applied = file('three.json', aWidget('three', { colour: 'red', parts: [{ name: 'a' }] }));
    expect(await ok(`apply --server-side --field-manager=me -f ${applied}`)).toContain('serverside-applied');
    expect(await ok(`apply --server-side --field-manager=me -f ${applied}`)).toContain('serverside-applied');
    const typo = await run(`apply -f ${file('typo.json', aWidget('four', { colour: 'red', colr: 1 }))}`);
    expect(typo.said).toContain('unknown field "spec.colr"');
    const wrong = await run(`create -f ${file('wrong.json', aWidget('five', { colour: 'red', replicas: 'many' }))} --validate=false`);
    expect(wrong.said).toContain('The Widget "five" is invalid: spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"');
  });

  test('policies and Pod Security speak to it as the real ones do', async () => {
    const constraints = { resourceRules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['deployments'] }] };
    await ok(`apply -f ${file('policy.json', { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'few' }, spec: { matchConstraints: constraints, validations: [{ expression: 'object.spec.replicas <= 5' }] } })}`);
    await ok(`apply -f ${file('binding.json', { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'few' }, spec: { policyName: 'few', validationActions: ['Deny'] } })}`);
    expect((await run('create deployment web --image=nginx:1.27 --replicas=6')).said).toContain(`ValidatingAdmissionPolicy 'few' with binding 'few' denied request: failed expression: object.spec.replicas <= 5`);
    expect(await ok('label namespace shop pod-security.kubernetes.io/enforce=restricted')).toContain('Warning: existing pods in namespace "shop" violate the new PodSecurity enforce level "restricted:latest"');
    expect((await run('run p --image=nginx:1.27')).said).toContain('Error from server (Forbidden): pods "p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "p" must set securityContext.allowPrivilegeEscalation=false)');
    await ok('label namespace shop pod-security.kubernetes.io/enforce-');
    await ok('delete validatingadmissionpolicy,validatingadmissionpolicybinding few');
  });

  test('a deleted definition takes its objects along', async () => {
    expect(await ok('delete crd widgets.example.com --timeout=20s')).toContain('deleted');
    // What it knew of the cluster before, it still keeps.
    expect((await run('get widgets')).said).toMatch(/the server could not find the requested resource|the server doesn't have a resource type "widgets"/);
  });
});
