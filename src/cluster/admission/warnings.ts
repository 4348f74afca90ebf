import type { Container, PodSpec, PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { AnyObject } from '../store.ts';

/** What the API server warns of in an object that it takes. Source: pkg/api/pod/warnings.go and the strategies of Kubernetes. */
export function objectWarnings(object: AnyObject): readonly string[] {
  const warnings = (object.metadata.finalizers ?? []).filter((name) => !name.includes('/') && !STANDARD_FINALIZERS.has(name)).map((name) => `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`);
  if (object.kind === 'Pod') return object.spec === undefined ? warnings : [...warnings, ...podWarnings(object.spec, object.metadata.annotations ?? {}, 'spec', 'metadata')];
  if (object.kind === 'CronJob') return [...warnings, ...templateWarnings(object.spec?.jobTemplate.spec?.template, 'spec.jobTemplate.spec.template')];
  const templated = object.kind === 'Deployment' || object.kind === 'ReplicaSet' || object.kind === 'StatefulSet' || object.kind === 'DaemonSet' || object.kind === 'Job';
  return templated ? [...warnings, ...templateWarnings(object.spec?.template, 'spec.template')] : warnings;
}

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function templateWarnings(template: PodTemplateSpec | undefined, path: string): readonly string[] {
  return template?.spec === undefined ? [] : podWarnings(template.spec, template.metadata?.annotations ?? {}, `${path}.spec`, `${path}.metadata`);
}

function podWarnings(spec: PodSpec, annotations: Readonly<Record<string, string>>, path: string, metadataPath: string): string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    const instead = DEPRECATED_LABELS.get(key);
    if (instead !== undefined) warnings.push(`${path}.nodeSelector[${key}]: ${instead}`);
  }
  (spec.initContainers ?? []).forEach((container, at) => warnings.push(...containerWarnings(container, `${path}.initContainers[${at}]`)));
  (spec.containers ?? []).forEach((container, at) => warnings.push(...containerWarnings(container, `${path}.containers[${at}]`)));
  (spec.imagePullSecrets ?? []).forEach(({ name = '' }, at) => {
    if (name === '') warnings.push(`${path}.imagePullSecrets[${at}].name: invalid empty name ""`);
  });
  for (const key of Object.keys(annotations)) {
    if (key === 'scheduler.alpha.kubernetes.io/critical-pod') warnings.push(`${metadataPath}.annotations[${key}]: non-functional in v1.16+; use the "priorityClassName" field instead`);
    if (key === 'seccomp.security.alpha.kubernetes.io/pod') warnings.push(`${metadataPath}.annotations[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`);
  }
  if (spec.terminationGracePeriodSeconds !== undefined && spec.terminationGracePeriodSeconds < 0) warnings.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`);
  return warnings;
}

const DEPRECATED_LABELS = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'], ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'], ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
]);

function containerWarnings({ env = [], ports = [], resources }: Container, path: string): string[] {
  const warnings: string[] = [];
  env.forEach(({ name, value = '' }, at) => {
    const earlier = env.slice(0, at).findLast((one) => one.name === name);
    // One that is made from the earlier one is meant so.
    if (earlier !== undefined && !value.includes(`$(${name})`)) warnings.push(`${path}.env[${at}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`);
  });
  ports.forEach((port, at) => {
    const twice = ports.slice(0, at).findIndex((one) => one.containerPort === port.containerPort && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP') && one.hostPort === port.hostPort);
    if (twice >= 0) warnings.push(`${path}.ports[${at}]: duplicate port definition with ${path}.ports[${twice}]`);
  });
  for (const field of ['requests', 'limits'] as const) {
    for (const [resource, quantity] of Object.entries(resources?.[field] ?? {})) {
      const milli = /^\d+(?:\.\d+)?m$/.test(quantity) && (resource === 'memory' || resource === 'ephemeral-storage');
      if (milli) warnings.push(`${path}.resources.${field}[${resource}]: fractional byte value ${JSON.stringify(quantity)} is invalid, must be an integer`);
    }
  }
  return warnings;
}
