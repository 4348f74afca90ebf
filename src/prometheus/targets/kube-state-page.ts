import type { KindMap } from '../../cluster/objects.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { Page } from '../page.ts';
import { podMetrics } from './kube-state-pods.ts';
import { resourceMetrics, seconds } from './kube-state-values.ts';

/** What kube-state-metrics says of a cluster's objects, by its names. Source: docs/metrics of kubernetes/kube-state-metrics. */
export function kubeStatePage(store: ObjectStore): Page {
  const page = new Page();
  for (const pod of store.list('Pod', null)) podMetrics(page, pod);
  for (const one of store.list('Deployment', null)) deployment(page, one);
  for (const one of store.list('ReplicaSet', null)) replicaSet(page, one);
  for (const one of store.list('StatefulSet', null)) statefulSet(page, one);
  for (const one of store.list('DaemonSet', null)) daemonSet(page, one);
  for (const one of store.list('Job', null)) job(page, one);
  for (const one of store.list('HorizontalPodAutoscaler', null)) autoscaler(page, one);
  for (const one of store.list('PodDisruptionBudget', null)) disruptionBudget(page, one);
  for (const one of store.list('Node', null)) node(page, one);
  for (const one of store.list('Service', null)) page.gauge('kube_service_info', 'Information about service.', { namespace: one.metadata.namespace ?? '', service: one.metadata.name, uid: one.metadata.uid ?? '', cluster_ip: one.spec?.clusterIP ?? '' }, 1);
  for (const one of store.list('PersistentVolumeClaim', null)) claim(page, one);
  for (const one of store.list('ResourceQuota', null)) quota(page, one);
  for (const { metadata, status } of store.list('Namespace', null)) {
    for (const phase of ['Active', 'Terminating']) page.gauge('kube_namespace_status_phase', 'kubernetes namespace status phase.', { namespace: metadata.name, phase }, Number(status?.phase === phase));
  }
  return page;
}

function deployment(page: Page, { metadata, spec, status }: KindMap['Deployment']): void {
  const labels = { namespace: metadata.namespace ?? '', deployment: metadata.name };
  page.gauge('kube_deployment_created', 'Unix creation timestamp', labels, seconds(metadata.creationTimestamp));
  page.gauge('kube_deployment_spec_replicas', 'Number of desired pods for a deployment.', labels, spec?.replicas ?? 1);
  page.gauge('kube_deployment_spec_paused', 'Whether the deployment is paused and will not be processed by the deployment controller.', labels, Number(spec?.paused === true));
  page.gauge('kube_deployment_status_replicas', 'The number of replicas per deployment.', labels, status?.replicas ?? 0);
  page.gauge('kube_deployment_status_replicas_ready', 'The number of ready replicas per deployment.', labels, status?.readyReplicas ?? 0);
  page.gauge('kube_deployment_status_replicas_available', 'The number of available replicas per deployment.', labels, status?.availableReplicas ?? 0);
  page.gauge('kube_deployment_status_replicas_unavailable', 'The number of unavailable replicas per deployment.', labels, status?.unavailableReplicas ?? 0);
  page.gauge('kube_deployment_status_replicas_updated', 'The number of updated replicas per deployment.', labels, status?.updatedReplicas ?? 0);
  page.gauge('kube_deployment_metadata_generation', 'Sequence number representing a specific generation of the desired state.', labels, metadata.generation ?? 0);
  page.gauge('kube_deployment_status_observed_generation', 'The generation observed by the deployment controller.', labels, status?.observedGeneration ?? 0);
  for (const { type, status: said } of status?.conditions ?? []) {
    for (const value of ['true', 'false', 'unknown']) page.gauge('kube_deployment_status_condition', 'The current status conditions of a deployment.', { ...labels, condition: type, status: value }, Number(said.toLowerCase() === value));
  }
}

function replicaSet(page: Page, { metadata, spec, status }: KindMap['ReplicaSet']): void {
  const labels = { namespace: metadata.namespace ?? '', replicaset: metadata.name };
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  page.gauge('kube_replicaset_owner', "Information about the ReplicaSet's owner.", { ...labels, owner_kind: owner?.kind ?? '', owner_name: owner?.name ?? '', owner_is_controller: owner === undefined ? '' : 'true' }, 1);
  page.gauge('kube_replicaset_spec_replicas', 'Number of desired pods for a ReplicaSet.', labels, spec?.replicas ?? 1);
  page.gauge('kube_replicaset_status_replicas', 'The number of replicas per ReplicaSet.', labels, status?.replicas ?? 0);
  page.gauge('kube_replicaset_status_ready_replicas', 'The number of ready replicas per ReplicaSet.', labels, status?.readyReplicas ?? 0);
}

function statefulSet(page: Page, { metadata, spec, status }: KindMap['StatefulSet']): void {
  const labels = { namespace: metadata.namespace ?? '', statefulset: metadata.name };
  page.gauge('kube_statefulset_replicas', 'Number of desired pods for a StatefulSet.', labels, spec?.replicas ?? 1);
  page.gauge('kube_statefulset_status_replicas', 'The number of replicas per StatefulSet.', labels, status?.replicas ?? 0);
  page.gauge('kube_statefulset_status_replicas_ready', 'The number of ready replicas per StatefulSet.', labels, status?.readyReplicas ?? 0);
  page.gauge('kube_statefulset_status_replicas_current', 'The number of current replicas per StatefulSet.', labels, status?.currentReplicas ?? 0);
}

function daemonSet(page: Page, { metadata, status }: KindMap['DaemonSet']): void {
  const labels = { namespace: metadata.namespace ?? '', daemonset: metadata.name };
  page.gauge('kube_daemonset_status_desired_number_scheduled', 'The number of nodes that should be running the daemon pod.', labels, status?.desiredNumberScheduled ?? 0);
  page.gauge('kube_daemonset_status_current_number_scheduled', 'The number of nodes running at least one daemon pod and are supposed to.', labels, status?.currentNumberScheduled ?? 0);
  page.gauge('kube_daemonset_status_number_ready', 'The number of nodes that should be running the daemon pod and have one or more of the daemon pod running and ready.', labels, status?.numberReady ?? 0);
  page.gauge('kube_daemonset_status_number_unavailable', 'The number of nodes that should be running the daemon pod and have none of the daemon pod running and available', labels, status?.numberUnavailable ?? 0);
}

function job(page: Page, { metadata, status }: KindMap['Job']): void {
  const labels = { namespace: metadata.namespace ?? '', job_name: metadata.name };
  page.gauge('kube_job_status_active', 'The number of actively running pods.', labels, status?.active ?? 0);
  page.gauge('kube_job_status_succeeded', 'The number of pods which reached Phase Succeeded.', labels, status?.succeeded ?? 0);
  page.gauge('kube_job_status_failed', 'The number of pods which reached Phase Failed and the reason for failure.', labels, status?.failed ?? 0);
}

function autoscaler(page: Page, { metadata, spec, status }: KindMap['HorizontalPodAutoscaler']): void {
  const labels = { namespace: metadata.namespace ?? '', horizontalpodautoscaler: metadata.name };
  page.gauge('kube_horizontalpodautoscaler_spec_max_replicas', 'Upper limit for the number of pods that can be set by the autoscaler; cannot be smaller than MinReplicas.', labels, spec?.maxReplicas ?? 0);
  page.gauge('kube_horizontalpodautoscaler_spec_min_replicas', 'Lower limit for the number of pods that can be set by the autoscaler, default 1.', labels, spec?.minReplicas ?? 1);
  page.gauge('kube_horizontalpodautoscaler_status_current_replicas', 'Current number of replicas of pods managed by this autoscaler.', labels, status?.currentReplicas ?? 0);
  page.gauge('kube_horizontalpodautoscaler_status_desired_replicas', 'Desired number of replicas of pods managed by this autoscaler.', labels, status?.desiredReplicas ?? 0);
  for (const { type, status: said } of status?.conditions ?? []) {
    for (const value of ['true', 'false', 'unknown']) page.gauge('kube_horizontalpodautoscaler_status_condition', 'The condition of this autoscaler.', { ...labels, condition: type, status: value }, Number(said.toLowerCase() === value));
  }
}

function disruptionBudget(page: Page, { metadata, status }: KindMap['PodDisruptionBudget']): void {
  const labels = { namespace: metadata.namespace ?? '', poddisruptionbudget: metadata.name };
  page.gauge('kube_poddisruptionbudget_status_current_healthy', 'Current number of healthy pods', labels, status?.currentHealthy ?? 0);
  page.gauge('kube_poddisruptionbudget_status_desired_healthy', 'Minimum desired number of healthy pods', labels, status?.desiredHealthy ?? 0);
  page.gauge('kube_poddisruptionbudget_status_pod_disruptions_allowed', 'Number of pod disruptions that are currently allowed', labels, status?.disruptionsAllowed ?? 0);
}

function node(page: Page, { metadata, spec, status }: KindMap['Node']): void {
  const labels = { node: metadata.name };
  const info = status?.nodeInfo;
  const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '';
  page.gauge('kube_node_info', 'Information about a cluster node.', { ...labels, kernel_version: info?.kernelVersion ?? '', os_image: info?.osImage ?? '', container_runtime_version: info?.containerRuntimeVersion ?? '', kubelet_version: info?.kubeletVersion ?? '', internal_ip: address }, 1);
  page.gauge('kube_node_spec_unschedulable', 'Whether a node can schedule new pods.', labels, Number(spec?.unschedulable === true));
  for (const { key, value, effect } of spec?.taints ?? []) page.gauge('kube_node_spec_taint', 'The taint of a cluster node.', { ...labels, key, value: value ?? '', effect }, 1);
  for (const { type, status: said } of status?.conditions ?? []) {
    for (const value of ['true', 'false', 'unknown']) page.gauge('kube_node_status_condition', 'The condition of a cluster node.', { ...labels, condition: type, status: value }, Number(said.toLowerCase() === value));
  }
  resourceMetrics(page, 'kube_node_status_capacity', 'The total amount of resources available for a node.', labels, status?.capacity ?? {});
  resourceMetrics(page, 'kube_node_status_allocatable', 'The amount of resources allocatable for pods (after reserving some for system daemons).', labels, status?.allocatable ?? {});
}

function claim(page: Page, { metadata, status }: KindMap['PersistentVolumeClaim']): void {
  const labels = { namespace: metadata.namespace ?? '', persistentvolumeclaim: metadata.name };
  for (const phase of ['Pending', 'Bound', 'Lost']) page.gauge('kube_persistentvolumeclaim_status_phase', 'The phase the persistent volume claim is currently in.', { ...labels, phase }, Number(status?.phase === phase));
}

function quota(page: Page, { metadata, status }: KindMap['ResourceQuota']): void {
  for (const [type, amounts] of [['hard', status?.hard], ['used', status?.used]] as const) {
    resourceMetrics(page, 'kube_resourcequota', 'Information about resource quota.', { namespace: metadata.namespace ?? '', resourcequota: metadata.name, type }, amounts ?? {}, false);
  }
}
