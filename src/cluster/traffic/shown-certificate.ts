import { type Certificate, isFor, readCertificate } from '../certificates/certificate.ts';
import { decoded } from '../containers/environment.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import type { Conditions } from './conditions.ts';
import type { PodFlow } from './graph.ts';

type Pod = KindMap['Pod'];

/** The Secrets of type `kubernetes.io/tls` that a pod's containers mount, in the order of its volumes. */
export function tlsSecretsOf(pod: Pod['spec'], namespace: string, store: Pick<ObjectStore, 'get'>): KindMap['Secret'][] {
  const { volumes = [], containers = [] } = pod ?? {};
  return volumes.flatMap(({ name, secret, projected }) => {
    if (secret === undefined && projected === undefined) return [];
    if (!containers.some(({ volumeMounts = [] }) => volumeMounts.some((mount) => mount.name === name))) return [];
    const named = [secret?.secretName, ...(projected?.sources ?? []).map((source) => source.secret?.name)];
    return named.flatMap((one) => {
      const found = one === undefined ? undefined : store.get('Secret', namespace, one);
      return found?.type === 'kubernetes.io/tls' ? [found] : [];
    });
  });
}

/** The certificate that a pod's program shows: the first that it has mounted, as it is now. Null where it speaks plainly, or cannot read it. */
export function mountedCertificate(pod: Pod, store: ObjectStore): Certificate | null {
  const [secret] = tlsSecretsOf(pod.spec, pod.metadata.namespace ?? '', store);
  return secret === undefined ? null : readCertificate(decoded(secret)?.['tls.crt'] ?? '');
}

/** A certificate as those who verify it see it. */
interface Shown {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** What a program shows its callers; null where it shows none. */
export function shownBy({ certificate, variant }: PodFlow): Shown | null {
  if (certificate !== null) return certificate;
  const notAfterMs = variant.program.certificateUntilMs;
  return notAfterMs === undefined ? null : { notBeforeMs: -Infinity, notAfterMs };
}

/**
 * Why a caller whose clock is `aheadMs` ahead refuses what a pod shows it at an address of its Service `namespace/name`, in
 * the words of Go; null where it does not. Who makes certificates in here does so by a clock outside of the world: one
 * that is to begin only later has begun.
 */
export function refusal(pod: PodFlow, service: string, nowMs: number, aheadMs: number): string | null {
  const shown = shownBy(pod);
  if (shown === null) return null;
  if (nowMs + aheadMs > shown.notAfterMs || nowMs + aheadMs < Math.min(shown.notBeforeMs, nowMs)) return 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid';
  const { certificate } = pod;
  if (certificate === null) return null;
  const hosts = hostsOf(service);
  if (hosts.some((host) => isFor(certificate, host))) return null;
  return `tls: failed to verify certificate: x509: certificate is valid for ${certificate.names.join(', ')}, not ${hosts[1] ?? ''}`;
}

/** The names by which a Service `namespace/name` is called. */
export function hostsOf(service: string): string[] {
  const [namespace = '', rest = ''] = service.split('/');
  const name = rest.replace(/:\d+$/, '');
  return [name, `${name}.${namespace}`, `${name}.${namespace}.svc`, `${name}.${namespace}.svc.cluster.local`];
}

/** When what is shown begins or ends by somebody's clock, in simulated ms: the flow is to be looked at anew then. */
export function certificateTurns(pods: readonly PodFlow[], conditions: Conditions, epochMs: number): number[] {
  const turns = new Set<number>();
  for (const pod of pods) {
    const shown = shownBy(pod);
    if (shown === null) continue;
    for (const node of new Set(pods.map(({ node: { name } }) => name))) {
      const aheadMs = epochMs + conditions.sum('clock-skew', node);
      for (const atMs of [shown.notBeforeMs, shown.notAfterMs + 1]) if (Number.isFinite(atMs)) turns.add(atMs - aheadMs);
    }
  }
  return [...turns];
}
