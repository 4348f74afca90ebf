import { beforeEach, describe, expect, it } from 'vitest';
import { aDeployment } from '../support/small-cluster.ts';
import { ARestApi } from './a-rest-api.ts';

const PODS = '/api/v1/namespaces/shop/pods';
const GOOD = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } };

let rest: ARestApi;

beforeEach(() => {
  rest = new ARestApi();
});

function label(labels: object): ReturnType<ARestApi['ask']> {
  return rest.patch('/api/v1/namespaces/shop', 'merge', { metadata: { labels } });
}

function aPod(spec: object = {}, container: object = {}): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'registry.example/c:1', ...container }], ...spec } };
}

/** The standards of https://kubernetes.io/docs/concepts/security/pod-security-standards/, in the words of k8s.io/pod-security-admission. */
describe('a namespace that enforces a standard', () => {
  it('refuses an ordinary pod by the restricted one', () => {
    label({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const { code, body } = rest.ask('POST', PODS, { body: aPod() });
    expect([code, body.message]).toEqual([403, 'pods "p" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")']);
    expect(rest.ask('POST', PODS, { body: aPod({}, { securityContext: GOOD }) }).code).toBe(201);
  });

  it.each([
    [aPod({ hostNetwork: true, hostPID: true }), 'host namespaces (hostNetwork=true, hostPID=true)'],
    [aPod({ volumes: [{ name: 'v', hostPath: { path: '/' } }] }), 'hostPath volumes (volume "v")'],
    [aPod({}, { securityContext: { privileged: true } }), 'privileged (container "c" must not set securityContext.privileged=true)'],
    [aPod({}, { ports: [{ containerPort: 80, hostPort: 80 }] }), 'hostPort (container "c" uses hostPort 80)'],
    [aPod({}, { securityContext: { capabilities: { add: ['NET_RAW', 'SYS_ADMIN', 'CHOWN'] } } }), 'non-default capabilities (container "c" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)'],
    [aPod({ securityContext: { seccompProfile: { type: 'Unconfined' } } }), 'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")'],
    [aPod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }), 'forbidden sysctls (kernel.msgmax)'],
  ])('refuses by the baseline: %#', (pod, problem) => {
    label({ 'pod-security.kubernetes.io/enforce': 'baseline', 'pod-security.kubernetes.io/enforce-version': 'v1.32' });
    expect(rest.ask('POST', PODS, { body: pod }).body.message).toBe(`pods "p" is forbidden: violates PodSecurity "baseline:v1.32": ${problem}`);
    expect(rest.ask('POST', PODS, { body: aPod() }).code).toBe(201);
  });

  it('lets a Deployment in, whose pods it refuses, as its events tell', () => {
    label({ 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/warn': 'restricted' });
    const { code, headers } = rest.ask('POST', '/apis/apps/v1/namespaces/shop/deployments', { body: aDeployment('web', { replicas: 1 }) });
    expect(code).toBe(201);
    expect(headers['warning']).toContain('would violate PodSecurity \\"restricted:latest\\": allowPrivilegeEscalation != false (container \\"app\\" must set');
    rest.cluster.wait('1m');
    expect(rest.cluster.pods('web')).toHaveLength(0);
    expect(rest.cluster.plane.store.list('Event', 'shop').find(({ reason }) => reason === 'FailedCreate')?.message).toMatch(/^Error creating: pods "web-[a-z0-9]+-?\w*" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation/);
  });

  it('warns of pods that are there already', () => {
    rest.ask('POST', PODS, { body: aPod() });
    const { code, headers } = label({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    expect(code).toBe(200);
    expect(headers['warning']).toBe('299 - "existing pods in namespace \\"shop\\" violate the new PodSecurity enforce level \\"restricted:latest\\"", 299 - "p: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile"');
  });

  it('knows only the standards that there are', () => {
    expect(label({ 'pod-security.kubernetes.io/enforce': 'strict' }).body.message).toBe('Namespace "shop" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted');
  });
});

describe('warnings of the API server', () => {
  it('tell of what is taken and hardly meant', () => {
    const { headers } = rest.ask('POST', PODS, { body: { ...aPod({}, { env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }], ports: [{ containerPort: 80 }, { containerPort: 80 }] }), metadata: { name: 'p', finalizers: ['mine'] } } });
    expect(headers['warning']).toBe([
      'metadata.finalizers: \\"mine\\": prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
      'spec.containers[0].env[1]: hides previous definition of \\"A\\", which may be dropped when using apply',
      'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
    ].map((text) => `299 - "${text}"`).join(', '));
  });
});
