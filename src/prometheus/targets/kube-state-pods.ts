import type { KindMap } from '../../cluster/objects.ts';
import type { LabelSet, Page } from '../page.ts';
import { resourceMetrics, seconds } from './kube-state-values.ts';

type Pod = KindMap['Pod'];

const PHASES = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running'];

/** `kube_pod_…` of one pod. */
export function podMetrics(page: Page, pod: Pod): void {
  const { metadata, spec, status } = pod;
  const labels = { namespace: metadata.namespace ?? '', pod: metadata.name, uid: metadata.uid ?? '' };
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  page.gauge('kube_pod_info', 'Information about pod.', { ...labels, host_ip: status?.hostIP ?? '', pod_ip: status?.podIP ?? '', node: spec?.nodeName ?? '', created_by_kind: owner?.kind ?? '', created_by_name: owner?.name ?? '' }, 1);
  page.gauge('kube_pod_owner', "Information about the Pod's owner.", { ...labels, owner_kind: owner?.kind ?? '', owner_name: owner?.name ?? '', owner_is_controller: owner === undefined ? '' : 'true' }, 1);
  page.gauge('kube_pod_created', 'Unix creation timestamp', labels, seconds(metadata.creationTimestamp));
  if (status?.startTime !== undefined) page.gauge('kube_pod_start_time', 'Start time in unix timestamp for a pod.', labels, seconds(status.startTime));
  for (const phase of PHASES) page.gauge('kube_pod_status_phase', 'The pods current phase.', { ...labels, phase }, Number(status?.phase === phase));
  for (const [metric, type] of [['kube_pod_status_ready', 'Ready'], ['kube_pod_status_scheduled', 'PodScheduled']] as const) {
    const said = status?.conditions?.find((condition) => condition.type === type)?.status.toLowerCase();
    for (const condition of ['true', 'false', 'unknown']) page.gauge(metric, `Describes the status of the ${type === 'Ready' ? 'pod: whether it is ready to serve requests' : 'scheduling process for the pod'}.`, { ...labels, condition }, Number(said === condition));
  }
  if (status?.reason === 'Evicted') page.gauge('kube_pod_status_reason', 'The pod status reasons', { ...labels, reason: 'Evicted' }, 1);
  for (const container of status?.containerStatuses ?? []) containerMetrics(page, { ...labels, container: container.name }, container);
  for (const { name, resources } of spec?.containers ?? []) {
    const own = { ...labels, container: name, node: spec?.nodeName ?? '' };
    resourceMetrics(page, 'kube_pod_container_resource_requests', 'The number of requested request resource by a container.', own, resources?.requests ?? {});
    resourceMetrics(page, 'kube_pod_container_resource_limits', 'The number of requested limit resource by a container.', own, resources?.limits ?? {});
  }
}

type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

function containerMetrics(page: Page, labels: LabelSet, { image, ready, restartCount, state, lastState }: ContainerStatus): void {
  page.gauge('kube_pod_container_info', 'Information about a container in a pod.', { ...labels, image }, 1);
  page.gauge('kube_pod_container_status_ready', 'Describes whether the containers readiness check succeeded.', labels, Number(ready));
  page.counter('kube_pod_container_status_restarts_total', 'The number of container restarts per container.', labels, restartCount);
  page.gauge('kube_pod_container_status_running', 'Describes whether the container is currently in running state.', labels, Number(state?.running !== undefined));
  page.gauge('kube_pod_container_status_waiting', 'Describes whether the container is currently in waiting state.', labels, Number(state?.waiting !== undefined));
  page.gauge('kube_pod_container_status_terminated', 'Describes whether the container is currently in terminated state.', labels, Number(state?.terminated !== undefined));
  if (state?.waiting?.reason !== undefined) page.gauge('kube_pod_container_status_waiting_reason', 'Describes the reason the container is currently in waiting state.', { ...labels, reason: state.waiting.reason }, 1);
  if (state?.terminated?.reason !== undefined) page.gauge('kube_pod_container_status_terminated_reason', 'Describes the reason the container is currently in terminated state.', { ...labels, reason: state.terminated.reason }, 1);
  if (lastState?.terminated?.reason !== undefined) page.gauge('kube_pod_container_status_last_terminated_reason', 'Describes the last reason the container was in terminated state.', { ...labels, reason: lastState.terminated.reason }, 1);
}
