import type { KindMap } from '../../cluster/objects.ts';
import { BUCKET_BOUNDS_S } from '../../cluster/signals/meters/latency-meter.ts';
import type { Entrance } from '../../cluster/signals/entrance.ts';
import { PROXY_CODES } from '../../cluster/traffic/answers.ts';
import type { Measured } from '../measured.ts';
import { Page } from '../page.ts';

/** What a pod of the ingress controller says of itself, its part of what all of them did. Names as of ingress-nginx. */
export function ingressPage({ clock, meters, store }: Measured, entrance: Entrance, pod: KindMap['Pod'], controllers: number): Page {
  const page = new Page();
  const since = meters.since(clock.nowMs);
  const own = { controller_class: 'k8s.io/ingress-nginx', controller_namespace: pod.metadata.namespace ?? '', controller_pod: pod.metadata.name };
  for (const { load, counts, latency } of entrance.streams) {
    const service = load.reaches?.service.key ?? '/';
    const [namespace = '', name = ''] = service.split('/');
    const labels = { ...own, host: load.spec.ingress?.host ?? '', ingress: ingressOf(store, namespace, name), namespace, path: load.spec.ingress?.path ?? '/', service: name };
    PROXY_CODES.forEach((code, at) => {
      const count = Math.floor((counts[at] ?? 0) / controllers);
      if (count > 0) page.counter('nginx_ingress_controller_requests', 'The total number of client requests', { ...labels, method: 'GET', status: String(code) }, count);
    });
    const { buckets, sumS, count } = latency.read(since);
    page.histogram('nginx_ingress_controller_request_duration_seconds', 'The request processing time in seconds', { ...labels, method: 'GET' }, { buckets: BUCKET_BOUNDS_S.map((bound, at) => [bound, Math.floor((buckets[at] as number) / controllers)] as const), sum: sumS / controllers, count: Math.floor(count / controllers) });
  }
  page.gauge('nginx_ingress_controller_config_last_reload_successful', 'Whether the last configuration reload attempt was successful', own, 1);
  return page;
}

function ingressOf(store: Measured['store'], namespace: string, service: string): string {
  return store.list('Ingress', namespace).find(({ spec }) => (spec?.rules ?? []).some(({ http }) => http?.paths.some(({ backend }) => backend.service?.name === service)))?.metadata.name ?? '';
}
