import { describe, expect, test } from 'vitest';
import { parseReference } from '../../../src/cluster/registry/reference.ts';
import { Registry } from '../../../src/cluster/registry/registry.ts';
import { ContainerCluster } from '../../support/container-cluster.ts';

const registry = new Registry({}, new Set(['registry.shop.example']));

test.each([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['grafana/grafana:12.0.1', 'docker.io/grafana/grafana:12.0.1'],
  ['localhost:5000/a/b', 'localhost:5000/a/b:latest'],
])('%s means %s', (image, canonical) => {
  expect(parseReference(image)?.canonical).toBe(canonical);
});

test.each(['', 'NGINX', 'a b', 'nginx:', 'nginx:-x', 'a//b', 'nginx@sha256:12'])('%j names no image', (image) => {
  expect(parseReference(image)).toBeNull();
});

test.each(['nginx', 'nginx:1.27.3-alpine', 'nginx:1.14.2', 'busybox:1.28', 'redis:7.2.4-bookworm', 'postgres:16-alpine3.20', 'python:3.12-slim', 'node:22.12.0-bookworm-slim', 'registry.k8s.io/pause:3.10', 'registry.k8s.io/e2e-test-images/agnhost:2.53', 'registry.k8s.io/e2e-test-images/httpd:2.4.38-4', 'quay.io/prometheus/prometheus:v3.5.0', 'bitnami/postgresql:16.4.0-debian-12-r2', 'gcr.io/google-samples/hello-app:1.0', 'perl:5.34.0', 'ubuntu:24.04', 'golang:1.23', 'eclipse-temurin:21-jre'])('%s can be had', (image) => {
  expect(registry.resolve(image, new Set())).toMatchObject({ ok: true });
});

describe('what cannot be had is refused in the words of its registry', () => {
  test.each([
    ['nginx:1.161', 'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.161": failed to resolve reference "docker.io/library/nginx:1.161": docker.io/library/nginx:1.161: not found'],
    ['nginx:perfect', 'docker.io/library/nginx:perfect: not found'],
    ['ngnix', 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'],
    ['constructor', 'pull access denied'],
    ['registry.nowhere.example/x:1', 'failed to do request: Head "https://registry.nowhere.example/v2/x/manifests/1": dial tcp: lookup registry.nowhere.example on 192.168.0.2:53: no such host'],
    ['registry.shop.example/x:1', 'registry.shop.example/x:1: not found'],
    ['10.0.0.9:5000/x:1', 'dial tcp 10.0.0.9:5000: i/o timeout'],
    ['ghcr.io/nobody/nothing:1', '403 Forbidden'],
  ])('%s', (image, words) => {
    const resolved = registry.resolve(image, new Set());
    expect(resolved.ok ? '' : resolved.message).toContain(words);
  });
});

test('a private image is for pods that bring a secret, and a busy registry for nobody', () => {
  const image = { like: 'nginx', tags: ['1.0'], private: false, rateLimited: false, exits: null, log: [] };
  const cluster = new ContainerCluster({ images: { 'registry.corp.example/app': { ...image, private: true }, 'docker.io/corp/busy': { ...image, rateLimited: true } } });
  cluster.pod('without', { image: 'registry.corp.example/app:1.0' });
  cluster.pod('busy', { image: 'corp/busy:1.0' });
  const config = btoa(JSON.stringify({ auths: { 'registry.corp.example': { auth: 'eDp5' } } }));
  cluster.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'pull', namespace: 'default' }, type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': config } } as never);
  cluster.pod('with', { image: 'registry.corp.example/app:1.0' }, { imagePullSecrets: [{ name: 'pull' }] });
  cluster.wait('8s');
  expect(cluster.status('without')?.state?.waiting).toMatchObject({ reason: 'ErrImagePull', message: expect.stringContaining('no basic auth credentials') as string });
  expect(cluster.status('busy')?.state?.waiting?.message).toContain('429 Too Many Requests - Server message: toomanyrequests');
  expect(cluster.status('with')?.state?.running).toBeDefined();
});

test('an image that may never be pulled, and one that is none, say so', () => {
  const cluster = new ContainerCluster();
  cluster.pod('never', { image: 'nginx', imagePullPolicy: 'Never' });
  cluster.pod('none', { image: 'Nginx Latest' });
  cluster.wait('5s');
  expect(cluster.status('never')?.state?.waiting).toEqual({ reason: 'ErrImageNeverPull', message: 'Container image "nginx" is not present with pull policy of Never' });
  expect(cluster.status('none')?.state?.waiting?.reason).toBe('InvalidImageName');
});
