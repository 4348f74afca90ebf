import { notFound } from '../../cluster/refusals.ts';
import { EXPOSITION_TYPE } from '../../cluster/signals/metric-pages.ts';
import { failure, json, notAllowed, refused, text, type Answer, type Request } from '../answer.ts';
import { unreachable } from './node-reach.ts';
import type { Projection } from '../reading/projection.ts';
import type { ServedCluster } from '../served-cluster.ts';

/** What a node's kubelet says for itself through `nodes/…/proxy`: whether it is well, its pods, and what they use. */
export function kubelet(cluster: ServedCluster, projection: Projection, node: string, path: string, { method }: Request): Answer {
  if (cluster.store.get('Node', '', node) === undefined) return refused(notFound('Node', node).status);
  const trouble = unreachable(cluster, node);
  if (trouble !== null) return failure({ code: 503, reason: 'ServiceUnavailable', message: `error trying to reach service: ${trouble}` });
  if (method !== 'GET' && method !== 'HEAD') return notAllowed();
  const pods = cluster.store.list('Pod', null).filter(({ spec }) => spec?.nodeName === node);
  switch (path.replace(/\/$/, '')) {
    case '/healthz':
    case '/healthz/ping':
    case '/healthz/syncloop':
      return text(200, 'ok');
    case '/pods':
      return json(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods.map((pod) => projection.outward(pod)) });
    case '/runningpods': {
      const running = pods.filter(({ status }) => status?.phase === 'Running');
      const items = running.map(({ metadata: { name, namespace, uid }, spec }) => ({ metadata: { name, namespace, uid, creationTimestamp: null }, spec: { containers: spec?.containers.map((one) => ({ name: one.name, image: one.image, resources: {} })) }, status: {} }));
      return json(200, { kind: 'PodList', apiVersion: 'v1', metadata: {}, items });
    }
    case '/stats/summary':
      return json(200, projection.outward(summary(cluster, node, pods.map(({ metadata }) => metadata))));
    case '/metrics':
      return metrics(cluster, node, 'kubelet');
    case '/metrics/cadvisor':
      return metrics(cluster, node, 'cadvisor');
    case '/metrics/resource':
      return metrics(cluster, node, 'resource');
    default:
      return text(404, '404 page not found\n');
  }
}

function metrics(cluster: ServedCluster, node: string, page: 'kubelet' | 'cadvisor' | 'resource'): Answer {
  const said = cluster.metricPages?.()?.node(node, page) ?? null;
  return said === null ? text(404, '404 page not found\n') : text(200, said, EXPOSITION_TYPE);
}

/** `Summary` of k8s.io/kubelet/pkg/apis/stats/v1alpha1, as far as it is known here. */
function summary(cluster: ServedCluster, node: string, pods: readonly { readonly name: string; readonly namespace?: string; readonly uid?: string }[]): object {
  const time = cluster.clock.now();
  const used = (kind: 'pod' | 'node', namespace: string, name: string): object => {
    const usage = cluster.usage(kind, namespace, name);
    return usage === null ? {} : { cpu: { time, usageNanoCores: usage.cpuMilli * 1_000_000 }, memory: { time, usageBytes: usage.memoryMiB * 1_048_576, workingSetBytes: usage.memoryMiB * 1_048_576 } };
  };
  return {
    node: { nodeName: node, ...used('node', '', node) },
    pods: pods.map(({ name, namespace = '', uid }) => ({ podRef: { name, namespace, uid }, ...used('pod', namespace, name) })),
  };
}
