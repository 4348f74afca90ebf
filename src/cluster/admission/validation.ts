import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { selects } from '../labels.ts';
import { RESOURCES, type KindMap } from '../objects.ts';
import type { AnyObject } from '../store.ts';
import { metadataErrors } from './metadata-rules.ts';
import { podSpecErrors } from './pod-rules.ts';
import { goMap, goSelector } from './go-text.ts';

/** What is wrong with an object that is to be stored: `path: problem`, in the API server's words. */
export function objectErrors(object: AnyObject): string[] {
  return [...metadataErrors(object, RESOURCES[object.kind].namespaced), ...specErrors(object)];
}

function specErrors(object: AnyObject): string[] {
  switch (object.kind) {
    case 'Deployment':
      return [...workloadErrors(object.spec), ...strategyErrors(object.spec)];
    case 'ReplicaSet':
    case 'StatefulSet':
      return workloadErrors(object.spec);
    case 'Pod':
      return object.spec === undefined ? ['spec.containers: Required value'] : podSpecErrors(object.spec, 'spec');
    case 'Service':
      return serviceErrors(object.spec);
    case 'ConfigMap':
      return configMapErrors(object);
    case 'Namespace':
    case 'Node':
    case 'Event':
    case 'EndpointSlice':
      return [];
  }
}

interface WorkloadSpec {
  readonly replicas?: number;
  readonly minReadySeconds?: number;
  readonly selector?: LabelSelector;
  readonly template?: NonNullable<KindMap['Deployment']['spec']>['template'];
}

function workloadErrors(spec: WorkloadSpec | undefined): string[] {
  const errors: string[] = [];
  if ((spec?.replicas ?? 0) < 0) errors.push(negative('spec.replicas', spec?.replicas));
  if ((spec?.minReadySeconds ?? 0) < 0) errors.push(negative('spec.minReadySeconds', spec?.minReadySeconds));
  const selector = spec?.selector;
  const empty = selector === undefined || (Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0);
  if (selector === undefined) errors.push('spec.selector: Required value');
  else if (empty) errors.push(`spec.selector: Invalid value: ${goSelector(selector)}: empty selector is invalid for deployment`);
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
    const value = rolling?.[field];
    const path = `spec.strategy.rollingUpdate.${field}`;
    if (typeof value === 'number' && value < 0) errors.push(negative(path, value));
    if (typeof value === 'string' && !/^\d+%$/.test(value)) {
      errors.push(`${path}: Invalid value: "${value}": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`);
    }
  }
  if (isZero(rolling?.maxUnavailable) && isZero(rolling?.maxSurge)) {
    errors.push('spec.strategy.rollingUpdate.maxUnavailable: Invalid value: intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0');
  }
  return errors;
}

function isZero(value: number | string | undefined): boolean {
  return value === 0 || value === '0%';
}

function serviceErrors(spec: KindMap['Service']['spec']): string[] {
  const ports = spec?.ports ?? [];
  if (ports.length === 0 && spec?.clusterIP !== 'None' && spec?.type !== 'ExternalName') return ['spec.ports: Required value'];
  const errors: string[] = [];
  ports.forEach((port, at) => {
    const path = `spec.ports[${at}]`;
    if (ports.length > 1 && port.name === undefined) errors.push(`${path}.name: Required value`);
    if (port.port < 1 || port.port > 65_535) errors.push(`${path}.port: Invalid value: ${port.port}: must be between 1 and 65535, inclusive`);
  });
  return errors;
}

function configMapErrors(map: KindMap['ConfigMap']): string[] {
  return Object.keys(map.data ?? {})
    .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
    .map((key) => `data[${key}]: Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`);
}

function negative(path: string, value: number | undefined): string {
  return `${path}: Invalid value: ${value}: must be greater than or equal to 0`;
}
