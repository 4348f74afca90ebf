import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { issuedCertificate } from '../../../src/cluster/certificates/issued.ts';
import { customKind, type CustomObject } from '../../../src/cluster/custom-kind.ts';
import type { KubeObject } from '../../../src/cluster/objects.ts';
import { ContainerCluster } from '../../support/container-cluster.ts';

/** A cert-manager that keeps a Secret as its Certificate asks for; https://cert-manager.io/docs/usage/certificate/ */

const KIND = customKind({ kind: 'Certificate', plural: 'certificates', group: 'cert-manager.io', namespaced: true });
const IMAGE = 'quay.io/jetstack/cert-manager-controller';
const HOSTS = ['shop.example', 'www.shop.example'];

function withCertManager(): ContainerCluster {
  const world = new ContainerCluster({ images: { [IMAGE]: { like: null, tags: ['v1.16.2'], private: false, rateLimited: false, exits: null, log: [], operator: { kind: 'Certificate', plural: 'certificates', group: 'cert-manager.io' } } } });
  const account = { name: 'cert-manager', namespace: 'default' };
  const group = 'rbac.authorization.k8s.io';
  const rules = [
    { apiGroups: ['cert-manager.io'], resources: ['certificates', 'certificates/status'], verbs: ['get', 'list', 'watch', 'update', 'patch'] },
    { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch', 'create', 'update', 'patch'] }, { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
  ];
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };
  const objects = [
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'certificates.cert-manager.io' }, spec: { group: 'cert-manager.io', scope: 'Namespaced', names: { kind: 'Certificate', plural: 'certificates', singular: 'certificate', shortNames: ['cert'] }, versions: [{ name: 'v1', served: true, storage: true, subresources: { status: {} }, schema }] } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    { apiVersion: `${group}/v1`, kind: 'ClusterRole', metadata: { name: 'cert-manager' }, rules },
    { apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'cert-manager' }, roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'cert-manager' }, subjects: [{ kind: 'ServiceAccount', ...account }] },
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'cert-manager', namespace: 'default' }, spec: { replicas: 1, selector: { matchLabels: { app: 'cert-manager' } }, template: { metadata: { labels: { app: 'cert-manager' } }, spec: { serviceAccountName: 'cert-manager', terminationGracePeriodSeconds: 1, containers: [{ name: 'controller', image: `${IMAGE}:v1.16.2` }] } } } },
  ];
  world.apply(...(objects as unknown as KubeObject[]));
  world.wait('20s');
  const certificate = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: { name: 'shop', namespace: 'default' }, spec: { secretName: 'shop-tls', dnsNames: HOSTS, duration: '2160h0m0s', issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer' } } };
  expect(world.cluster.api.create(Object.assign(certificate, { kind: KIND }) as unknown as CustomObject).ok).toBe(true);
  world.wait('10s');
  return world;
}

function held({ cluster }: ContainerCluster): X509Certificate | null {
  const secret = cluster.plane.store.get('Secret', 'default', 'shop-tls');
  return secret === undefined ? null : new X509Certificate(atob(secret.data?.['tls.crt'] ?? ''));
}

function status({ cluster }: ContainerCluster): Record<string, unknown> {
  return (cluster.plane.store.get(KIND, 'default', 'shop') as CustomObject).status as Record<string, unknown>;
}

function put(world: ContainerCluster, ageDays: number): void {
  const nowMs = world.cluster.plane.clock.unixMs(world.cluster.plane.clock.nowMs);
  const pem = issuedCertificate({ subject: 'shop.example', issuer: 'letsencrypt', names: HOSTS, notBeforeMs: nowMs - ageDays * 86_400_000, notAfterMs: nowMs + (90 - ageDays) * 86_400_000 });
  expect(world.cluster.api.patch({ kind: 'Secret', namespace: 'default', name: 'shop-tls' }, { type: 'merge', body: { data: { 'tls.crt': btoa(pem) } } }).ok).toBe(true);
}

test('it issues what is missing, for the names that are asked for, and says so', () => {
  const world = withCertManager();
  const first = held(world);
  expect([first?.subjectAltName, first?.issuer]).toEqual(['DNS:shop.example, DNS:www.shop.example', 'CN=letsencrypt']);
  expect(status(world)).toMatchObject({ revision: 1, conditions: [{ type: 'Ready', status: 'True', message: 'Certificate is up to date and has not expired' }] });
  expect(world.events('shop')).toContain('Issuing: Issuing certificate as Secret does not exist');
});

test('a Secret that somebody deletes comes back with another certificate', () => {
  const world = withCertManager();
  const first = held(world)?.serialNumber;
  world.cluster.api.delete({ kind: 'Secret', namespace: 'default', name: 'shop-tls' });
  expect(held(world)).toBeNull();
  world.wait('5s');
  expect(held(world)?.serialNumber).not.toBe(first);
  expect(status(world)).toMatchObject({ revision: 2 });
});

test('it renews when a third of a life is left, and not before', () => {
  const world = withCertManager();
  put(world, 50);
  const young = held(world)?.serialNumber;
  world.wait('11m');
  expect(held(world)?.serialNumber).toBe(young);
  put(world, 61);
  const old = held(world)?.serialNumber;
  world.wait('5s');
  expect(held(world)?.serialNumber).not.toBe(old);
});

test('other names are another certificate; without its pod it does nothing', () => {
  const world = withCertManager();
  world.cluster.api.patch({ kind: KIND, namespace: 'default', name: 'shop' }, { type: 'merge', body: { spec: { dnsNames: [...HOSTS, 'm.shop.example'] } } });
  world.wait('5s');
  expect(held(world)?.subjectAltName).toContain('m.shop.example');
  world.cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'cert-manager' }, { type: 'merge', body: { spec: { replicas: 0 } } });
  world.wait('30s');
  world.cluster.api.delete({ kind: 'Secret', namespace: 'default', name: 'shop-tls' });
  world.wait('15m');
  expect(held(world)).toBeNull();
  world.cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'cert-manager' }, { type: 'merge', body: { spec: { replicas: 1 } } });
  world.wait('30s');
  expect(held(world)).not.toBeNull();
});

test('one that ends although it is kept ends because nobody keeps it: who does is to run again', () => {
  const world = withCertManager();
  const rule = { host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 80 } } } }] } } as const;
  world.apply(
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'shop', namespace: 'default' }, spec: { selector: { app: 'shop' }, ports: [{ port: 80 }] } } as unknown as KubeObject,
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'shop', namespace: 'default' }, spec: { tls: [{ hosts: ['shop.example'], secretName: 'shop-tls' }], rules: [rule] } } as unknown as KubeObject,
  );
  const end = world.cluster.beginFault('certificate-expired', 'default/shop', { after: 0 });
  const expired = held(world);
  expect(Date.parse(expired?.validTo ?? '')).toBeLessThan(world.cluster.plane.clock.unixMs(world.cluster.plane.clock.nowMs));
  world.wait('15m');
  expect(held(world)?.serialNumber).toBe(expired?.serialNumber);
  world.cluster.api.patch({ kind: 'Deployment', namespace: 'default', name: 'cert-manager' }, { type: 'merge', body: { spec: { replicas: 1 } } });
  world.wait('30s');
  const renewed = held(world);
  expect(renewed?.serialNumber).not.toBe(expired?.serialNumber);
  end();
  expect(held(world)?.serialNumber).toBe(renewed?.serialNumber);
});

test('a Certificate that nobody checked is kept as far as it can be, and not issued again and again', () => {
  const world = withCertManager();
  const ask = (spec: object): void => {
    expect(world.cluster.api.patch({ kind: KIND, namespace: 'default', name: 'shop' }, { type: 'merge', body: { spec } }).ok).toBe(true);
    world.wait('5m');
  };
  ask({ duration: '1000h', renewBefore: '2000h', dnsNames: ['api.shop.example'] });
  expect(held(world)?.subjectAltName).toBe('DNS:api.shop.example');
  expect(status(world)['revision']).toBe(2);
  ask({ duration: '-90h', renewBefore: 7, dnsNames: ['one.shop.example', 7] });
  ask({ duration: '99999999999h', dnsNames: 'shop.example', issuerRef: 'x', commonName: ['x'] });
  expect(Number(status(world)['revision'])).toBeLessThan(5);
});
