import { definitionDefaults } from '../extensions/definition-defaults.ts';
import type { Kind, KindMap } from '../objects.ts';
import {
  autoscalerDefaults, bindingDefaults, claimDefaults, limitRangeDefaults, networkPolicyDefaults, secretDefaults, volumeDefaults,
} from './kind-defaults.ts';
import {
  admissionPolicyDefaults, apiServiceDefaults, flowSchemaDefaults, mutatingWebhookDefaults, podTemplateDefaults, policyBindingDefaults, priorityLevelDefaults, replicationControllerDefaults,
  storageDriverDefaults, validatingWebhookDefaults,
} from './platform-defaults.ts';
import { qosClass, withDefaults, withPodSpecDefaults } from './pod-defaults.ts';
import { cronJobDefaults, daemonSetDefaults, deploymentDefaults, jobDefaults, replicaSetDefaults, statefulSetDefaults, withJobSelector } from './workload-defaults.ts';

/** What admission needs of the cluster: addresses that are free. */
export interface Allocator {
  clusterIp(): string;
  /** A port of every node, from 30000 to 32767; null where all are taken. */
  nodePort(): number | null;
}

/** An object with the fields that the API server fills in, so that controllers and printers find them. */
export function withObjectDefaults<K extends Kind>(object: KindMap[K], allocator: Allocator): KindMap[K] {
  const fill: ((object: KindMap[K], allocator: Allocator) => KindMap[K]) | null | undefined = DEFAULTS[object.kind as K];
  return fill === null || fill === undefined ? object : fill(object, allocator);
}

/** By kind; null where nothing is filled in. */
const DEFAULTS: { readonly [K in Kind]: ((object: KindMap[K], allocator: Allocator) => KindMap[K]) | null } = {
  Namespace: (namespace) => ({
    ...namespace,
    metadata: { ...namespace.metadata, labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': namespace.metadata.name } },
    spec: withDefaults(namespace.spec ?? {}, { finalizers: ['kubernetes'] }),
    status: withDefaults(namespace.status ?? {}, { phase: 'Active' }),
  }),
  Node: null,
  Pod: podDefaults,
  Service: (service, allocator) => (service.spec === undefined ? service : { ...service, spec: serviceDefaults(service.spec, allocator) }),
  ConfigMap: null,
  Event: (event) => withDefaults(event, { involvedObject: {} }),
  Deployment: (object) => (object.spec === undefined ? object : { ...object, spec: deploymentDefaults(object.spec) }),
  ReplicaSet: (object) => (object.spec === undefined ? object : { ...object, spec: replicaSetDefaults(object.spec) }),
  StatefulSet: (object) => (object.spec === undefined ? object : { ...object, spec: statefulSetDefaults(object.spec) }),
  DaemonSet: (object) => (object.spec === undefined ? object : { ...object, spec: daemonSetDefaults(object.spec) }),
  Job: (object) => (object.spec === undefined ? object : withJobSelector({ ...object, spec: jobDefaults(object.spec) })),
  CronJob: (object) => (object.spec === undefined ? object : { ...object, spec: cronJobDefaults(object.spec) }),
  ControllerRevision: null,
  EndpointSlice: null,
  Endpoints: null,
  Secret: secretDefaults,
  ServiceAccount: null,
  PersistentVolume: volumeDefaults,
  PersistentVolumeClaim: claimDefaults,
  StorageClass: (object) => withDefaults(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  ResourceQuota: null,
  LimitRange: limitRangeDefaults,
  HorizontalPodAutoscaler: autoscalerDefaults,
  PodDisruptionBudget: null,
  Ingress: null,
  IngressClass: null,
  NetworkPolicy: networkPolicyDefaults,
  PriorityClass: (object) => withDefaults(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  Lease: null,
  Role: null,
  ClusterRole: null,
  RoleBinding: bindingDefaults,
  ClusterRoleBinding: bindingDefaults,
  ReplicationController: replicationControllerDefaults,
  PodTemplate: podTemplateDefaults,
  CustomResourceDefinition: definitionDefaults,
  APIService: apiServiceDefaults,
  ValidatingWebhookConfiguration: validatingWebhookDefaults,
  MutatingWebhookConfiguration: mutatingWebhookDefaults,
  ValidatingAdmissionPolicy: admissionPolicyDefaults,
  ValidatingAdmissionPolicyBinding: policyBindingDefaults,
  CertificateSigningRequest: null,
  FlowSchema: flowSchemaDefaults,
  PriorityLevelConfiguration: priorityLevelDefaults,
  RuntimeClass: null,
  CSIDriver: storageDriverDefaults,
  CSINode: null,
  CSIStorageCapacity: null,
  VolumeAttachment: null,
};

function podDefaults(pod: KindMap['Pod']): KindMap['Pod'] {
  if (pod.spec === undefined) return pod;
  const spec = withDefaults(withPodSpecDefaults(pod.spec), { serviceAccountName: 'default', enableServiceLinks: true, priority: 0 });
  return { ...pod, spec, status: withDefaults(pod.status ?? {}, { phase: 'Pending', qosClass: qosClass(spec) }) };
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
  if (filled.type === 'NodePort' || filled.type === 'LoadBalancer') {
    const open = (filled.ports ?? []).map((port) => (port.nodePort === undefined || port.nodePort === 0 ? { ...port, nodePort: allocator.nodePort() ?? 0 } : port));
    return withDefaults({ ...filled, ports: open }, { ...addresses(clusterIP), externalTrafficPolicy: 'Cluster', ...(filled.type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : {}) });
  }
  return withDefaults(filled, addresses(clusterIP));
}

function addresses(clusterIP: string): Partial<ServiceSpec> {
  return { clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' };
}
