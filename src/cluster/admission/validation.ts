import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { selects } from '../labels.ts';
import { resourceOf } from '../custom-kind.ts';
import type { Kind, KindMap } from '../objects.ts';
import type { AnyObject } from '../store.ts';
import { limitRangeErrors } from './limit-ranges.ts';
import { bindingDetailErrors, policyDetailErrors, webhookDetailErrors } from './expression-rules.ts';
import { definitionErrors } from '../extensions/definition-rules.ts';
import { cronJobErrors, jobErrors } from './batch-rules.ts';
import {
  autoscalerErrors, budgetErrors, claimErrors, configMapErrors, ingressErrors, leaseErrors, priorityClassErrors, secretErrors, storageClassErrors, volumeErrors,
} from './kind-rules.ts';
import { bindingErrors, roleErrors } from './role-rules.ts';
import { metadataErrors } from './metadata-rules.ts';
import { serviceErrors } from './service-rules.ts';
import {
  admissionPolicyErrors, apiServiceErrors, certificateRequestErrors, flowSchemaErrors, podTemplateErrors, policyBindingErrors,
  priorityLevelErrors, replicationControllerErrors, runtimeClassErrors, storageCapacityErrors, volumeAttachmentErrors, webhookErrors,
} from './platform-rules.ts';
import { podSpecErrors } from './pod-rules.ts';
import { goMap, goSelector, goValue } from './go-text.ts';
import { negative, percentErrors, unsupported } from './value-rules.ts';

/** What is wrong with an object that is to be stored: `path: problem`, in the API server's words. */
export function objectErrors(object: AnyObject): string[] {
  return [...metadataErrors(object, resourceOf(object.kind).namespaced), ...specErrors(object)];
}

function specErrors(object: AnyObject): string[] {
  const rules = RULES[object.kind] as ((object: AnyObject) => string[]) | null | undefined;
  return rules === null || rules === undefined ? [] : rules(object);
}

/** By kind; null where every decoded object will do. */
const RULES: { readonly [K in Kind]: ((object: KindMap[K]) => string[]) | null } = {
  Deployment: (object) => [...workloadErrors(object.spec, 'deployment'), ...strategyErrors(object.spec)],
  ReplicaSet: (object) => workloadErrors(object.spec, 'deployment'),
  StatefulSet: (object) => [...workloadErrors(object.spec, 'statefulset'), ...setStrategyErrors(object.spec)],
  DaemonSet: (object) => [...workloadErrors(object.spec, 'daemonset'), ...daemonStrategyErrors(object.spec)],
  Pod: (object) => (object.spec === undefined ? ['spec.containers: Required value'] : podSpecErrors(object.spec, 'spec')),
  Service: (object) => serviceErrors(object.spec),
  ConfigMap: configMapErrors,
  Secret: secretErrors,
  Job: jobErrors,
  CronJob: cronJobErrors,
  HorizontalPodAutoscaler: autoscalerErrors,
  PodDisruptionBudget: budgetErrors,
  PersistentVolume: volumeErrors,
  PersistentVolumeClaim: claimErrors,
  StorageClass: storageClassErrors,
  PriorityClass: priorityClassErrors,
  Ingress: ingressErrors,
  RoleBinding: bindingErrors,
  ClusterRoleBinding: bindingErrors,
  Lease: leaseErrors,
  Namespace: null,
  Node: null,
  Event: null,
  EndpointSlice: null,
  Endpoints: null,
  ServiceAccount: null,
  ResourceQuota: null,
  LimitRange: limitRangeErrors,
  ControllerRevision: null,
  IngressClass: null,
  NetworkPolicy: null,
  Role: roleErrors,
  ClusterRole: roleErrors,
  ReplicationController: replicationControllerErrors,
  PodTemplate: podTemplateErrors,
  CustomResourceDefinition: definitionErrors,
  APIService: apiServiceErrors,
  ValidatingWebhookConfiguration: (object) => [...webhookErrors(object), ...webhookDetailErrors(object)],
  MutatingWebhookConfiguration: (object) => [...webhookErrors(object), ...webhookDetailErrors(object)],
  ValidatingAdmissionPolicy: (object) => [...admissionPolicyErrors(object), ...policyDetailErrors(object)],
  ValidatingAdmissionPolicyBinding: (object) => [...policyBindingErrors(object), ...bindingDetailErrors(object)],
  CertificateSigningRequest: certificateRequestErrors,
  FlowSchema: flowSchemaErrors,
  PriorityLevelConfiguration: priorityLevelErrors,
  RuntimeClass: runtimeClassErrors,
  CSIDriver: null,
  CSINode: null,
  CSIStorageCapacity: storageCapacityErrors,
  VolumeAttachment: volumeAttachmentErrors,
};

interface WorkloadSpec {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly selector?: LabelSelector;
  readonly template?: NonNullable<KindMap['Deployment']['spec']>['template'];
}

function workloadErrors(spec: WorkloadSpec | undefined, word: string): string[] {
  const errors: string[] = [];
  if ((spec?.replicas ?? 0) < 0) errors.push(negative('spec.replicas', spec?.replicas));
  if ((spec?.minReadySeconds ?? 0) < 0) errors.push(negative('spec.minReadySeconds', spec?.minReadySeconds));
  const selector = spec?.selector;
  const empty = selector === undefined || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);
  if (selector === undefined) errors.push('spec.selector: Required value');
  else if (empty) errors.push(`spec.selector: Invalid value: ${goSelector(selector)}: empty selector is invalid for ${word}`);
  const labels = spec?.template?.metadata?.labels;
  if (selector !== undefined && !empty && !selects(selector, labels)) {
    errors.push(`spec.template.metadata.labels: Invalid value: ${goMap(labels)}: \`selector\` does not match template \`labels\``);
  }
  const pod = spec?.template?.spec;
  if (pod === undefined) return [...errors, 'spec.template.spec.containers: Required value'];
  errors.push(...podSpecErrors(pod, 'spec.template.spec'));
  if (pod.restartPolicy !== undefined && pod.restartPolicy !== 'Always') {
    errors.push(`spec.template.spec.restartPolicy: Unsupported value: "${pod.restartPolicy}": supported values: "Always"`);
  }
  return errors;
}

function strategyErrors(spec: KindMap['Deployment']['spec']): string[] {
  const strategy = spec?.strategy;
  if (strategy?.type !== 'RollingUpdate' && strategy?.type !== 'Recreate') {
    return [`spec.strategy: Unsupported value: "${strategy?.type ?? ''}": supported values: "Recreate", "RollingUpdate"`];
  }
  const rolling = strategy.rollingUpdate;
  if (strategy.type === 'Recreate') {
    return rolling === undefined ? [] : ['spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is \'Recreate\''];
  }
  const errors: string[] = [];
  for (const field of ['maxUnavailable', 'maxSurge'] as const) {
    errors.push(...percentErrors(`spec.strategy.rollingUpdate.${field}`, rolling?.[field]));
  }
  if (isZero(rolling?.maxUnavailable) && isZero(rolling?.maxSurge)) {
    errors.push('spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0');
  }
  return errors;
}

function daemonStrategyErrors(spec: KindMap['DaemonSet']['spec']): string[] {
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  if (type !== 'RollingUpdate') return unsupported('spec.updateStrategy.type', type ?? '', ['OnDelete', 'RollingUpdate']);
  const path = 'spec.updateStrategy.rollingUpdate';
  const errors = [...percentErrors(`${path}.maxUnavailable`, rollingUpdate?.maxUnavailable), ...percentErrors(`${path}.maxSurge`, rollingUpdate?.maxSurge)];
  const [unavailable, surge] = [!isZero(rollingUpdate?.maxUnavailable), !isZero(rollingUpdate?.maxSurge)];
  if (unavailable && surge) errors.push(`${path}.maxSurge: Invalid value: ${goValue(rollingUpdate?.maxSurge)}: may not be set when maxUnavailable is non-zero`);
  if (!unavailable && !surge) errors.push(`${path}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`);
  return errors;
}

function setStrategyErrors(spec: KindMap['StatefulSet']['spec']): string[] {
  const { type, rollingUpdate } = spec?.updateStrategy ?? {};
  if (type === 'RollingUpdate') return [];
  const path = 'spec.updateStrategy';
  if (type === 'OnDelete') return rollingUpdate === undefined ? [] : [`${path}.rollingUpdate: Invalid value: ${goValue(rollingUpdate)}: only allowed for updateStrategy 'RollingUpdate'`];
  return [`${path}: Invalid value: apps.StatefulSetUpdateStrategy{Type:${JSON.stringify(type ?? '')}, RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}: must be 'RollingUpdate' or 'OnDelete'`];
}

function isZero(value: number | string | undefined): boolean {
  return value === 0 || value === '0%';
}
