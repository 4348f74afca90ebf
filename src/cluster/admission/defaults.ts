import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Kind, KindMap } from '../objects.ts';
import type { AnyObject } from '../store.ts';
import { qosClass, withDefaults, withPodSpecDefaults, withTemplateDefaults } from './pod-defaults.ts';

/** What admission needs of the cluster: addresses that are free. */
export interface Allocator {
  clusterIp(): string;
}

/** An object with the fields that the API server fills in, so that controllers and printers find them. */
export function withObjectDefaults<K extends Kind>(object: KindMap[K], allocator: Allocator): KindMap[K] {
  return defaulted(object, allocator) as KindMap[K];
}

function defaulted(object: AnyObject, allocator: Allocator): AnyObject {
  switch (object.kind) {
    case 'Pod':
      return podDefaults(object);
    case 'Deployment':
      return object.spec === undefined ? object : { ...object, spec: deploymentDefaults(object.spec) };
    case 'ReplicaSet':
      return object.spec === undefined ? object : { ...object, spec: withDefaults(templated(object.spec), { replicas: 1 }) };
    case 'StatefulSet':
      return object.spec === undefined ? object : { ...object, spec: statefulSetDefaults(object.spec) };
    case 'Service':
      return object.spec === undefined ? object : { ...object, spec: serviceDefaults(object.spec, allocator) };
    case 'Namespace':
      return {
        ...object,
        metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name } },
        spec: withDefaults(object.spec ?? {}, { finalizers: ['kubernetes'] }),
        status: withDefaults(object.status ?? {}, { phase: 'Active' }),
      };
    case 'Node':
    case 'ConfigMap':
    case 'Event':
    case 'EndpointSlice':
      return object;
  }
}

function podDefaults(pod: KindMap['Pod']): KindMap['Pod'] {
  if (pod.spec === undefined) return pod;
  const spec = withDefaults(withPodSpecDefaults(pod.spec), { serviceAccountName: 'default', enableServiceLinks: true, priority: 0 });
  return { ...pod, spec, status: withDefaults(pod.status ?? {}, { phase: 'Pending', qosClass: qosClass(spec) }) };
}

type DeploymentSpec = NonNullable<Deployment['spec']>;

function deploymentDefaults(spec: DeploymentSpec): DeploymentSpec {
  const strategy = withDefaults(spec.strategy ?? {}, { type: 'RollingUpdate' });
  const rolling = strategy.type === 'RollingUpdate';
  return withDefaults(
    {
      ...templated(spec),
      strategy: rolling
        ? { ...strategy, rollingUpdate: withDefaults(strategy.rollingUpdate ?? {}, { maxUnavailable: '25%', maxSurge: '25%' }) }
        : strategy,
    },
    { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  );
}

type StatefulSetSpec = NonNullable<KindMap['StatefulSet']['spec']>;

function statefulSetDefaults(spec: StatefulSetSpec): StatefulSetSpec {
  const strategy = withDefaults(spec.updateStrategy ?? {}, { type: 'RollingUpdate' });
  return withDefaults(
    {
      ...templated(spec),
      updateStrategy: strategy.type === 'RollingUpdate'
        ? { ...strategy, rollingUpdate: withDefaults(strategy.rollingUpdate ?? {}, { partition: 0 }) }
        : strategy,
    },
    { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10 },
  );
}

type ServiceSpec = NonNullable<KindMap['Service']['spec']>;

function serviceDefaults(spec: ServiceSpec, allocator: Allocator): ServiceSpec {
  const ports = spec.ports?.map((port) => withDefaults(port, { protocol: 'TCP', targetPort: port.port }));
  const filled = withDefaults(
    { ...spec, ...(ports === undefined ? {} : { ports }) },
    { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' },
  );
  if (filled.type === 'ExternalName') return filled;
  const clusterIP = filled.clusterIP ?? allocator.clusterIp();
  return withDefaults(filled, { clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
}

function templated<Spec extends { template?: Parameters<typeof withTemplateDefaults>[0] }>(spec: Spec): Spec {
  return spec.template === undefined ? spec : { ...spec, template: withTemplateDefaults(spec.template) };
}
