import type {
  MutatingWebhookConfiguration, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhookConfiguration,
} from 'kubernetes-types/admissionregistration/v1';
import type { CustomResourceDefinition } from 'kubernetes-types/apiextensions/v1';
import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { CronJob, Job } from 'kubernetes-types/batch/v1';
import type { CertificateSigningRequest } from 'kubernetes-types/certificates/v1';
import type { Lease } from 'kubernetes-types/coordination/v1';
import type {
  ConfigMap, Endpoints, Event, LimitRange, Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod, PodTemplate,
  ReplicationController, ResourceQuota, Secret, Service, ServiceAccount,
} from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { FlowSchema, PriorityLevelConfiguration } from 'kubernetes-types/flowcontrol/v1';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';
import type { Ingress, IngressClass, NetworkPolicy } from 'kubernetes-types/networking/v1';
import type { RuntimeClass } from 'kubernetes-types/node/v1';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1';
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from 'kubernetes-types/rbac/v1';
import type { PriorityClass } from 'kubernetes-types/scheduling/v1';
import type { CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment } from 'kubernetes-types/storage/v1';
import type { CustomKind, CustomObject } from './custom-kind.ts';

/** What the store holds: Kubernetes' own JSON. Frozen in spirit: a change is a new object. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: Kind;
  readonly metadata: ObjectMeta & { readonly name: string };
}

type Stored<Schema, K extends string> = Schema & { apiVersion: string; kind: K; metadata: ObjectMeta & { name: string } };

/** The kinds that the cluster knows, each with the type of its objects. */
export interface KindMap {
  [kind: CustomKind]: CustomObject;
  Namespace: Stored<Namespace, 'Namespace'>;
  Node: Stored<Node, 'Node'>;
  Pod: Stored<Pod, 'Pod'>;
  Service: Stored<Service, 'Service'>;
  ConfigMap: Stored<ConfigMap, 'ConfigMap'>;
  Event: Stored<Event, 'Event'>;
  Deployment: Stored<Deployment, 'Deployment'>;
  ReplicaSet: Stored<ReplicaSet, 'ReplicaSet'>;
  StatefulSet: Stored<StatefulSet, 'StatefulSet'>;
  EndpointSlice: Stored<EndpointSlice, 'EndpointSlice'>;
  Secret: Stored<Secret, 'Secret'>;
  ServiceAccount: Stored<ServiceAccount, 'ServiceAccount'>;
  Endpoints: Stored<Endpoints, 'Endpoints'>;
  PersistentVolume: Stored<PersistentVolume, 'PersistentVolume'>;
  PersistentVolumeClaim: Stored<PersistentVolumeClaim, 'PersistentVolumeClaim'>;
  ResourceQuota: Stored<ResourceQuota, 'ResourceQuota'>;
  LimitRange: Stored<LimitRange, 'LimitRange'>;
  DaemonSet: Stored<DaemonSet, 'DaemonSet'>;
  ControllerRevision: Stored<ControllerRevision, 'ControllerRevision'>;
  Job: Stored<Job, 'Job'>;
  CronJob: Stored<CronJob, 'CronJob'>;
  HorizontalPodAutoscaler: Stored<HorizontalPodAutoscaler, 'HorizontalPodAutoscaler'>;
  PodDisruptionBudget: Stored<PodDisruptionBudget, 'PodDisruptionBudget'>;
  Ingress: Stored<Ingress, 'Ingress'>;
  IngressClass: Stored<IngressClass, 'IngressClass'>;
  NetworkPolicy: Stored<NetworkPolicy, 'NetworkPolicy'>;
  StorageClass: Stored<StorageClass, 'StorageClass'>;
  PriorityClass: Stored<PriorityClass, 'PriorityClass'>;
  Lease: Stored<Lease, 'Lease'>;
  Role: Stored<Role, 'Role'>;
  RoleBinding: Stored<RoleBinding, 'RoleBinding'>;
  ClusterRole: Stored<ClusterRole, 'ClusterRole'>;
  ClusterRoleBinding: Stored<ClusterRoleBinding, 'ClusterRoleBinding'>;
  ReplicationController: Stored<ReplicationController, 'ReplicationController'>;
  PodTemplate: Stored<PodTemplate, 'PodTemplate'>;
  CustomResourceDefinition: Stored<CustomResourceDefinition, 'CustomResourceDefinition'>;
  APIService: Stored<APIService, 'APIService'>;
  ValidatingWebhookConfiguration: Stored<ValidatingWebhookConfiguration, 'ValidatingWebhookConfiguration'>;
  MutatingWebhookConfiguration: Stored<MutatingWebhookConfiguration, 'MutatingWebhookConfiguration'>;
  ValidatingAdmissionPolicy: Stored<ValidatingAdmissionPolicy, 'ValidatingAdmissionPolicy'>;
  ValidatingAdmissionPolicyBinding: Stored<ValidatingAdmissionPolicyBinding, 'ValidatingAdmissionPolicyBinding'>;
  CertificateSigningRequest: Stored<CertificateSigningRequest, 'CertificateSigningRequest'>;
  FlowSchema: Stored<FlowSchema, 'FlowSchema'>;
  PriorityLevelConfiguration: Stored<PriorityLevelConfiguration, 'PriorityLevelConfiguration'>;
  RuntimeClass: Stored<RuntimeClass, 'RuntimeClass'>;
  CSIDriver: Stored<CSIDriver, 'CSIDriver'>;
  CSINode: Stored<CSINode, 'CSINode'>;
  CSIStorageCapacity: Stored<CSIStorageCapacity, 'CSIStorageCapacity'>;
  VolumeAttachment: Stored<VolumeAttachment, 'VolumeAttachment'>;
}

export type Kind = keyof KindMap;

/** A group and version of the API, and who serves it: k8s.io/kube-aggregator's type, which the published types lack. */
interface APIService {
  spec: {
    group: string; version: string; groupPriorityMinimum: number; versionPriority: number; caBundle?: string; insecureSkipTLSVerify?: boolean;
    service?: { namespace: string; name: string; port?: number };
  };
  status?: { conditions?: { type: string; status: string; reason?: string; message?: string; lastTransitionTime?: string }[] };
}

export interface Resource {
  readonly kind: Kind;
  readonly apiVersion: string;
  readonly plural: string;
  readonly singular: string;
  readonly short: readonly string[];
  readonly namespaced: boolean;
}

/** One row per kind: names on the command line, in URLs and in error texts all come from here. */
export const RESOURCES = {
  Namespace: { kind: 'Namespace', apiVersion: 'v1', plural: 'namespaces', singular: 'namespace', short: ['ns'], namespaced: false },
  Node: { kind: 'Node', apiVersion: 'v1', plural: 'nodes', singular: 'node', short: ['no'], namespaced: false },
  Pod: { kind: 'Pod', apiVersion: 'v1', plural: 'pods', singular: 'pod', short: ['po'], namespaced: true },
  Service: { kind: 'Service', apiVersion: 'v1', plural: 'services', singular: 'service', short: ['svc'], namespaced: true },
  ConfigMap: { kind: 'ConfigMap', apiVersion: 'v1', plural: 'configmaps', singular: 'configmap', short: ['cm'], namespaced: true },
  Event: { kind: 'Event', apiVersion: 'v1', plural: 'events', singular: 'event', short: ['ev'], namespaced: true },
  Deployment: { kind: 'Deployment', apiVersion: 'apps/v1', plural: 'deployments', singular: 'deployment', short: ['deploy'], namespaced: true },
  ReplicaSet: { kind: 'ReplicaSet', apiVersion: 'apps/v1', plural: 'replicasets', singular: 'replicaset', short: ['rs'], namespaced: true },
  StatefulSet: { kind: 'StatefulSet', apiVersion: 'apps/v1', plural: 'statefulsets', singular: 'statefulset', short: ['sts'], namespaced: true },
  EndpointSlice: { kind: 'EndpointSlice', apiVersion: 'discovery.k8s.io/v1', plural: 'endpointslices', singular: 'endpointslice', short: [], namespaced: true },
  Secret: { kind: 'Secret', apiVersion: 'v1', plural: 'secrets', singular: 'secret', short: [], namespaced: true },
  ServiceAccount: { kind: 'ServiceAccount', apiVersion: 'v1', plural: 'serviceaccounts', singular: 'serviceaccount', short: ['sa'], namespaced: true },
  Endpoints: { kind: 'Endpoints', apiVersion: 'v1', plural: 'endpoints', singular: 'endpoints', short: ['ep'], namespaced: true },
  PersistentVolume: { kind: 'PersistentVolume', apiVersion: 'v1', plural: 'persistentvolumes', singular: 'persistentvolume', short: ['pv'], namespaced: false },
  PersistentVolumeClaim: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', plural: 'persistentvolumeclaims', singular: 'persistentvolumeclaim', short: ['pvc'], namespaced: true },
  ResourceQuota: { kind: 'ResourceQuota', apiVersion: 'v1', plural: 'resourcequotas', singular: 'resourcequota', short: ['quota'], namespaced: true },
  LimitRange: { kind: 'LimitRange', apiVersion: 'v1', plural: 'limitranges', singular: 'limitrange', short: ['limits'], namespaced: true },
  DaemonSet: { kind: 'DaemonSet', apiVersion: 'apps/v1', plural: 'daemonsets', singular: 'daemonset', short: ['ds'], namespaced: true },
  ControllerRevision: { kind: 'ControllerRevision', apiVersion: 'apps/v1', plural: 'controllerrevisions', singular: 'controllerrevision', short: [], namespaced: true },
  Job: { kind: 'Job', apiVersion: 'batch/v1', plural: 'jobs', singular: 'job', short: [], namespaced: true },
  CronJob: { kind: 'CronJob', apiVersion: 'batch/v1', plural: 'cronjobs', singular: 'cronjob', short: ['cj'], namespaced: true },
  HorizontalPodAutoscaler: { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2', plural: 'horizontalpodautoscalers', singular: 'horizontalpodautoscaler', short: ['hpa'], namespaced: true },
  PodDisruptionBudget: { kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', plural: 'poddisruptionbudgets', singular: 'poddisruptionbudget', short: ['pdb'], namespaced: true },
  Ingress: { kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', plural: 'ingresses', singular: 'ingress', short: ['ing'], namespaced: true },
  IngressClass: { kind: 'IngressClass', apiVersion: 'networking.k8s.io/v1', plural: 'ingressclasses', singular: 'ingressclass', short: [], namespaced: false },
  NetworkPolicy: { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1', plural: 'networkpolicies', singular: 'networkpolicy', short: ['netpol'], namespaced: true },
  StorageClass: { kind: 'StorageClass', apiVersion: 'storage.k8s.io/v1', plural: 'storageclasses', singular: 'storageclass', short: ['sc'], namespaced: false },
  PriorityClass: { kind: 'PriorityClass', apiVersion: 'scheduling.k8s.io/v1', plural: 'priorityclasses', singular: 'priorityclass', short: ['pc'], namespaced: false },
  Lease: { kind: 'Lease', apiVersion: 'coordination.k8s.io/v1', plural: 'leases', singular: 'lease', short: [], namespaced: true },
  Role: { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'roles', singular: 'role', short: [], namespaced: true },
  RoleBinding: { kind: 'RoleBinding', apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'rolebindings', singular: 'rolebinding', short: [], namespaced: true },
  ClusterRole: { kind: 'ClusterRole', apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles', singular: 'clusterrole', short: [], namespaced: false },
  ClusterRoleBinding: { kind: 'ClusterRoleBinding', apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterrolebindings', singular: 'clusterrolebinding', short: [], namespaced: false },
  ReplicationController: { kind: 'ReplicationController', apiVersion: 'v1', plural: 'replicationcontrollers', singular: 'replicationcontroller', short: ['rc'], namespaced: true },
  PodTemplate: { kind: 'PodTemplate', apiVersion: 'v1', plural: 'podtemplates', singular: 'podtemplate', short: [], namespaced: true },
  CustomResourceDefinition: { kind: 'CustomResourceDefinition', apiVersion: 'apiextensions.k8s.io/v1', plural: 'customresourcedefinitions', singular: 'customresourcedefinition', short: ['crd', 'crds'], namespaced: false },
  APIService: { kind: 'APIService', apiVersion: 'apiregistration.k8s.io/v1', plural: 'apiservices', singular: 'apiservice', short: [], namespaced: false },
  ValidatingWebhookConfiguration: { kind: 'ValidatingWebhookConfiguration', apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingwebhookconfigurations', singular: 'validatingwebhookconfiguration', short: [], namespaced: false },
  MutatingWebhookConfiguration: { kind: 'MutatingWebhookConfiguration', apiVersion: 'admissionregistration.k8s.io/v1', plural: 'mutatingwebhookconfigurations', singular: 'mutatingwebhookconfiguration', short: [], namespaced: false },
  ValidatingAdmissionPolicy: { kind: 'ValidatingAdmissionPolicy', apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingadmissionpolicies', singular: 'validatingadmissionpolicy', short: [], namespaced: false },
  ValidatingAdmissionPolicyBinding: { kind: 'ValidatingAdmissionPolicyBinding', apiVersion: 'admissionregistration.k8s.io/v1', plural: 'validatingadmissionpolicybindings', singular: 'validatingadmissionpolicybinding', short: [], namespaced: false },
  CertificateSigningRequest: { kind: 'CertificateSigningRequest', apiVersion: 'certificates.k8s.io/v1', plural: 'certificatesigningrequests', singular: 'certificatesigningrequest', short: ['csr'], namespaced: false },
  FlowSchema: { kind: 'FlowSchema', apiVersion: 'flowcontrol.apiserver.k8s.io/v1', plural: 'flowschemas', singular: 'flowschema', short: [], namespaced: false },
  PriorityLevelConfiguration: { kind: 'PriorityLevelConfiguration', apiVersion: 'flowcontrol.apiserver.k8s.io/v1', plural: 'prioritylevelconfigurations', singular: 'prioritylevelconfiguration', short: [], namespaced: false },
  RuntimeClass: { kind: 'RuntimeClass', apiVersion: 'node.k8s.io/v1', plural: 'runtimeclasses', singular: 'runtimeclass', short: [], namespaced: false },
  CSIDriver: { kind: 'CSIDriver', apiVersion: 'storage.k8s.io/v1', plural: 'csidrivers', singular: 'csidriver', short: [], namespaced: false },
  CSINode: { kind: 'CSINode', apiVersion: 'storage.k8s.io/v1', plural: 'csinodes', singular: 'csinode', short: [], namespaced: false },
  CSIStorageCapacity: { kind: 'CSIStorageCapacity', apiVersion: 'storage.k8s.io/v1', plural: 'csistoragecapacities', singular: 'csistoragecapacity', short: [], namespaced: true },
  VolumeAttachment: { kind: 'VolumeAttachment', apiVersion: 'storage.k8s.io/v1', plural: 'volumeattachments', singular: 'volumeattachment', short: [], namespaced: false },
} as const satisfies Record<Kind, Resource>;

/** `Ref` names one object; `namespace` is '' for kinds without one. */
export interface Ref {
  readonly kind: Kind;
  readonly namespace: string;
  readonly name: string;
}
