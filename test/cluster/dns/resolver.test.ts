import { describe, expect, test } from 'vitest';
import { resolverObjects } from '../../../src/cluster/dns/resolver-objects.ts';
import { readCorefile, ruled } from '../../../src/cluster/dns/corefile.ts';
import { ContainerCluster } from '../../support/container-cluster.ts';

function aCluster(): ContainerCluster {
  const world = new ContainerCluster();
  world.apply(...resolverObjects());
  world.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } } as never);
  world.pod('web', { image: 'nginx:1.27' });
  world.pod('box', { image: 'busybox:1.36', command: ['sleep', 'infinity'] });
  world.wait('1m');
  return world;
}

function withRule(world: ContainerCluster, rule: string): void {
  const found = world.cluster.api.get('ConfigMap', 'kube-system', 'coredns');
  const Corefile = (found.ok ? (found.object.data?.['Corefile'] ?? '') : '').replace('    kubernetes', `    ${rule}\n    kubernetes`);
  expect(world.cluster.api.patch({ kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' }, { type: 'merge', body: { data: { Corefile } } }).ok).toBe(true);
}

const askFor = (world: ContainerCluster, name: string): string => world.exec('box', 'nslookup', name).out;

describe('the resolver of a cluster', () => {
  test('answers while its pods do, and nobody does when it is scaled to zero', () => {
    const world = aCluster();
    expect(askFor(world, 'web')).toContain('Name:\tweb.default.svc.cluster.local');
    world.cluster.api.patch({ kind: 'Deployment', namespace: 'kube-system', name: 'coredns' }, { type: 'merge', body: { spec: { replicas: 0 } } });
    world.wait('1m');
    expect(askFor(world, 'web')).toContain('no servers could be reached');
  });

  test('writes as what it started, and when it read its file again', () => {
    const world = aCluster();
    const [pod] = world.cluster.plane.store.list('Pod', 'kube-system');
    const log = (): string => world.cluster.podLogs('kube-system', pod?.metadata.name ?? '').map(({ text }) => text).join('\n');
    const running = (): string | undefined => [...log().matchAll(/^\[INFO\] plugin\/reload: Running configuration SHA512 = ([0-9a-f]{128})$/gm)].at(-1)?.[1];
    expect(log()).toMatch(/^\.:53\n\[INFO\] plugin\/reload: .*\nCoreDNS-1\.11\.3\nlinux\/amd64, go1\.21\.11, a6338e9$/);
    const before = running();
    withRule(world, 'rewrite name web.default.svc.cluster.local old.default.svc.cluster.local');
    expect(log()).not.toContain('Reloading');
    world.wait('1m');
    expect(log()).toMatch(/\[INFO\] Reloading\n.*\n\[INFO\] Reloading complete$/);
    expect(running()).not.toBe(before);
  });

  test('reads a changed Corefile again after a while, not at once', () => {
    const world = aCluster();
    withRule(world, 'rewrite name web.default.svc.cluster.local old.default.svc.cluster.local');
    expect(askFor(world, 'web')).toContain('Name:\tweb');
    world.wait('1m');
    expect(askFor(world, 'web')).toContain("server can't find web: NXDOMAIN");
    expect(askFor(world, 'kubernetes.default')).toContain('Name:\tkubernetes');
  });

  test('without its reload plugin reads it only when its pods start again', () => {
    const world = aCluster();
    const found = world.cluster.api.get('ConfigMap', 'kube-system', 'coredns');
    const before = found.ok ? (found.object.data?.['Corefile'] ?? '') : '';
    world.cluster.api.patch({ kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' }, { type: 'merge', body: { data: { Corefile: before.replace('    reload\n', '') } } });
    world.wait('2m');
    withRule(world, 'template ANY ANY cluster.local {\n       rcode SERVFAIL\n    }');
    world.wait('5m');
    expect(askFor(world, 'web')).toContain('Name:\tweb');
    for (const pod of world.cluster.plane.store.list('Pod', 'kube-system')) world.cluster.api.delete({ kind: 'Pod', namespace: 'kube-system', name: pod.metadata.name });
    world.wait('1m');
    expect(askFor(world, 'web')).toContain("server can't find web: SERVFAIL");
  });
});

describe('a Corefile', () => {
  test.each([
    ['rewrite name exact a.b.svc.cluster.local c.d.svc.cluster.local', 'a.b.svc.cluster.local', 'A', 'c.d.svc.cluster.local', null],
    ['rewrite stop name suffix .old.example .svc.cluster.local', 'a.b.old.example', 'A', 'a.b.svc.cluster.local', null],
    ['template ANY AAAA . {\n rcode SERVFAIL\n }', 'a.b.svc.cluster.local', 'A', 'a.b.svc.cluster.local', null],
    ['template ANY AAAA . {\n rcode SERVFAIL\n }', 'a.b.svc.cluster.local', 'AAAA', 'a.b.svc.cluster.local', 'SERVFAIL'],
    ['template IN ANY svc.cluster.local {\n match "^pay"\n rcode NXDOMAIN\n }', 'payments.shop.svc.cluster.local', 'A', 'payments.shop.svc.cluster.local', 'NXDOMAIN'],
    ['template IN ANY svc.cluster.local {\n match "^pay"\n rcode NXDOMAIN\n }', 'cart.shop.svc.cluster.local', 'A', 'cart.shop.svc.cluster.local', null],
    ['# template ANY ANY . { rcode NXDOMAIN }', 'a.b.svc.cluster.local', 'A', 'a.b.svc.cluster.local', null],
  ])('%s: %s %s', (rule, name, type, asked, rcode) => {
    const corefile = readCorefile(`.:53 {\n    errors\n    ${rule}\n    kubernetes cluster.local {\n       ttl 30\n    }\n    forward . 10.0.0.2\n    reload\n}\n`);
    expect(ruled(corefile, name, type)).toEqual({ name: asked, rcode });
    expect(corefile).toMatchObject({ cluster: true, reloads: true, forwards: ['10.0.0.2'] });
  });
});
