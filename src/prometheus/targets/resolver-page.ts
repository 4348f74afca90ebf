import type { KindMap } from '../../cluster/objects.ts';
import type { NameMeter } from '../../cluster/signals/meters/name-meter.ts';
import type { Measured } from '../measured.ts';
import { Page } from '../page.ts';

/** What each pod of the resolver has answered: its part of what all have, since it was first asked. */
interface Part {
  readonly counts: Record<string, number>;
  sum: number;
  count: number;
  readonly buckets: number[];
}

interface Kept {
  last: Part;
  readonly parts: Map<string, Part>;
}

const KEPT = new WeakMap<NameMeter, Kept>();

/** Whether a pod is one of the cluster's resolver. */
export function isResolver({ metadata, status }: KindMap['Pod']): boolean {
  return metadata.namespace === 'kube-system' && metadata.labels?.['k8s-app'] === 'kube-dns' && status?.containerStatuses?.[0]?.state?.running !== undefined;
}

/** What CoreDNS says of itself at `:9153/metrics`. Source: https://coredns.io/plugins/metrics/ */
export function resolverPage(measured: Measured, pod: KindMap['Pod']): Page {
  const { names } = measured.meters;
  const part = partOf(measured, names, pod.metadata.uid ?? '');
  const page = new Page();
  const labels = { server: 'dns://:53', zone: '.', view: '' };
  const total = Object.values(part.counts).reduce((sum, one) => sum + one, 0);
  for (const type of ['A', 'AAAA']) page.counter('coredns_dns_requests_total', 'Counter of DNS requests made per zone, protocol and family.', { ...labels, proto: 'udp', family: '1', type }, Math.floor(total / 2));
  for (const [rcode, count] of Object.entries(part.counts)) page.counter('coredns_dns_responses_total', 'Counter of response status codes.', { ...labels, rcode, plugin: '' }, Math.floor(count));
  page.histogram('coredns_dns_request_duration_seconds', 'Histogram of the time (in seconds) each request took per zone.', labels, { buckets: BOUNDS.map((bound, at) => [bound, Math.floor(part.buckets[at] ?? 0)] as const), sum: part.sum, count: Math.floor(part.count) });
  page.counter('coredns_panics_total', 'A metrics that counts the number of panics.', {}, 0);
  page.counter('coredns_reload_failed_total', 'Counter of the number of failed reload attempts.', {}, 0);
  return page;
}

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Hands out what came since anybody asked last, in equal parts to the pods that run now. */
function partOf({ store }: Measured, names: NameMeter, uid: string): Part {
  const kept = KEPT.get(names) ?? { last: nothing(), parts: new Map<string, Part>() };
  KEPT.set(names, kept);
  const { sumS, count, buckets } = names.latency.read(0);
  const now: Part = { counts: { ...names.byCode }, sum: sumS, count, buckets: [...buckets] };
  const running = store.list('Pod', 'kube-system').filter(isResolver).map(({ metadata }) => metadata.uid ?? '');
  for (const one of running) {
    const part = kept.parts.get(one) ?? nothing();
    kept.parts.set(one, part);
    for (const [code, value] of Object.entries(now.counts)) part.counts[code] = (part.counts[code] ?? 0) + (value - (kept.last.counts[code] ?? 0)) / running.length;
    part.sum += (now.sum - kept.last.sum) / running.length;
    part.count += (now.count - kept.last.count) / running.length;
    now.buckets.forEach((value, at) => (part.buckets[at] = (part.buckets[at] ?? 0) + (value - (kept.last.buckets[at] ?? 0)) / running.length));
  }
  kept.last = now;
  return kept.parts.get(uid) ?? nothing();
}

function nothing(): Part {
  return { counts: { NOERROR: 0, NXDOMAIN: 0, SERVFAIL: 0 }, sum: 0, count: 0, buckets: [] };
}
