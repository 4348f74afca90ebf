import type { KindMap } from '../../cluster/objects.ts';
import type { PodFlow } from '../../cluster/traffic/graph.ts';
import { programOf } from '../../cluster/traffic/program.ts';
import { splitImage } from '../../cluster/image.ts';
import { workloadOf } from '../../cluster/traffic/layout.ts';
import type { Measured } from '../measured.ts';
import { Page } from '../page.ts';
import type { Target, TargetName } from '../target.ts';
import { certificatePage, hasCertificates } from './certificate-page.ts';
import { apiServerPage } from './api-server-page.ts';
import { kafkaPage, postgresPage, redisPage } from './database-pages.ts';
import { isIngressController } from '../../cluster/signals/entrance.ts';
import { ingressPage } from './ingress-page.ts';
import { kubeStatePage } from './kube-state-page.ts';
import { cadvisorPage, nodeExporterPage } from './node-pages.ts';
import { isResolver, resolverPage } from './resolver-page.ts';
import { programPage } from './program-page.ts';

/** All targets of a cluster, by name, as a monitoring stack of our days would find them. */
export function targetsOf(measured: Measured): Map<TargetName, Target> {
  const { store, traffic } = measured;
  const targets = new Map<TargetName, Target>();
  const flows = new Map(traffic.flow.layout.pods.map((pod) => [pod.uid, pod]));
  for (const pod of store.list('Pod', null)) {
    const found = podTarget(measured, pod, flows.get(pod.metadata.uid ?? ''));
    if (isResolver(pod)) targets.set(`kube-system/${pod.metadata.name}`, { labels: { job: 'kube-dns', instance: `${pod.status?.podIP ?? ''}:9153`, namespace: 'kube-system', pod: pod.metadata.name, service: 'kube-dns', container: 'coredns' }, path: '/metrics', scrape: () => resolverPage(measured, pod) });
    if (found !== null) targets.set(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, found);
  }
  const { entrance } = traffic;
  const controllers = entrance === null ? [] : store.list('Pod', null).filter((pod) => isIngressController(pod) && pod.status?.podIP !== undefined);
  for (const pod of controllers) {
    const labels = { job: 'ingress-nginx-controller-metrics', instance: `${pod.status?.podIP ?? ''}:10254` };
    const up = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
    if (entrance !== null) targets.set(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, { labels, path: '/metrics', scrape: () => (up ? ingressPage(measured, entrance, pod, controllers.length) : null) });
  }
  for (const key of new Set([...traffic.flow.topics.groups.values()].map(({ key: topic }) => topic.slice(0, topic.lastIndexOf('/'))))) {
    const [namespace = '', name = ''] = key.split('/');
    targets.set(`${namespace}/${name}-exporter`, { labels: { job: 'kafka-exporter', instance: `kafka-exporter.${namespace}.svc:9308`, namespace, service: name }, path: '/metrics', scrape: () => kafkaPage(measured.data.kafka(key)) });
  }
  for (const { host, region, answers, healthy } of traffic.globals.beliefs()) {
    const labels = { job: 'blackbox', instance: `https://${host}/`, region };
    targets.set(`blackbox/${host}/${region}`, { labels, path: '/probe', scrape: () => probePage(answers, healthy) });
  }
  targets.set('kube-state-metrics', { labels: { job: 'kube-state-metrics', instance: 'kube-state-metrics.kube-system.svc:8080' }, path: '/metrics', scrape: () => kubeStatePage(store) });
  if (hasCertificates(store)) targets.set('x509-certificate-exporter', { labels: { job: 'x509-certificate-exporter', instance: 'x509-certificate-exporter.kube-system.svc:9793' }, path: '/metrics', scrape: () => certificatePage(store) });
  targets.set('apiserver', { labels: { job: 'apiserver', instance: '172.18.0.2:6443' }, path: '/metrics', scrape: () => apiServerPage(measured) });
  for (const node of store.list('Node', null)) {
    const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? node.metadata.name;
    const up = node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
    targets.set(`node/${node.metadata.name}`, { labels: { job: 'node-exporter', instance: `${address}:9100`, node: node.metadata.name }, path: '/metrics', scrape: () => (up ? nodeExporterPage(measured, node) : null) });
    targets.set(`cadvisor/${node.metadata.name}`, { labels: { job: 'kubelet', instance: `${address}:10250`, node: node.metadata.name, metrics_path: '/metrics/cadvisor' }, path: '/metrics/cadvisor', scrape: () => (up ? cadvisorPage(measured, node) : null) });
  }
  return targets;
}

const SCRAPED = 'prometheus.io/';

/** The target of a pod that runs a program of the traffic: the program itself, or the exporter beside a database or cache. */
function podTarget(measured: Measured, pod: KindMap['Pod'], flow: PodFlow | undefined): Target | null {
  const { metadata, spec, status } = pod;
  const container = spec?.containers[0];
  const program = programOf(measured.traffic.places.spec, splitImage(container?.image ?? '').repository);
  if (program === undefined || program.job !== undefined || status?.podIP === undefined || (container?.command ?? []).length > 0 || status.phase === 'Succeeded' || status.phase === 'Failed') return null;
  const workload = workloadOf(pod);
  const exporter = { service: null, worker: null, database: 9187, cache: 9121 }[program.kind];
  // What the annotations of a common scrape configuration say of a pod counts before its ports.
  const { [`${SCRAPED}scrape`]: wanted, [`${SCRAPED}port`]: named, [`${SCRAPED}path`]: path = '/metrics' } = metadata.annotations ?? {};
  if (wanted === 'false') return null;
  const port = named ?? exporter ?? container?.ports?.[0]?.containerPort ?? 8080;
  const labels = { job: workload, instance: `${status.podIP}:${port}`, namespace: metadata.namespace ?? '', pod: metadata.name, service: serviceOf(measured, flow) ?? workload, container: container?.name ?? '' };
  return { labels, path, scrape: () => (flow === undefined ? null : pageOf(measured, flow)) };
}

/** What a pod says of itself; null where it has counted nothing yet. */
export function pageOf(measured: Measured, flow: PodFlow): Page | null {
  const { traffic, meters } = measured;
  switch (flow.variant.program.kind) {
    case 'database': {
      const database = [...traffic.places.databases.values()].find(({ service }) => service.pods.includes(flow)) ?? [...traffic.places.databases.values()].find(({ key }) => key === `${flow.namespace}/${flow.workload}`);
      return database === undefined ? null : postgresPage(measured, database, flow, busyOf(traffic, database.key));
    }
    case 'cache': return redisPage(measured, traffic.places.service(`${flow.namespace}/${serviceOf(measured, flow) ?? flow.workload}`), flow);
    case 'service':
    case 'worker': {
      const meter = meters.pods.get(flow.uid);
      return meter === undefined ? null : programPage(measured, meter);
    }
  }
}

/** The Service that sends requests to a pod. */
function serviceOf({ traffic }: Measured, flow: PodFlow | undefined): string | null {
  if (flow === undefined) return null;
  for (const { key, pods } of traffic.places.services.values()) {
    if (pods.includes(flow)) return key.slice(key.indexOf('/') + 1);
  }
  return null;
}

/** Connections to a database in which something is going on. */
function busyOf(traffic: Measured['traffic'], database: string): number {
  let busy = 0;
  for (const { pools } of traffic.flow.layout.pods) {
    for (const { plan, station } of pools) if (plan.database.key === database) busy += Math.min(1, station.utilisation) * station.places;
  }
  return busy;
}

/** What a probe of a region from outside finds, and whether the load balancer of the world sends anybody there. */
function probePage(answers: boolean, healthy: boolean): Page {
  const page = new Page();
  page.gauge('probe_success', 'Displays whether or not the probe was a success', {}, answers ? 1 : 0);
  page.gauge('global_backend_healthy', 'Whether the health checks of the global load balancer hold the region for well', {}, healthy ? 1 : 0);
  return page;
}
