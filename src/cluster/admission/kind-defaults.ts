import type { LimitRangeItem } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';
import { withDefaults } from './pod-defaults.ts';

/** What the API server fills into the kinds around the workloads. */

/** `stringData` is written into `data` and not kept. */
export function secretDefaults(secret: KindMap['Secret']): KindMap['Secret'] {
  const { stringData, ...rest } = secret;
  const written = Object.fromEntries(Object.entries(stringData ?? {}).map(([key, text]) => [key, base64(text)]));
  const data = stringData === undefined ? rest.data : { ...rest.data, ...written };
  return withDefaults({ ...rest, ...(data === undefined ? {} : { data }) }, { type: 'Opaque' });
}

export function autoscalerDefaults(hpa: KindMap['HorizontalPodAutoscaler']): KindMap['HorizontalPodAutoscaler'] {
  const { spec } = hpa;
  if (spec === undefined) return hpa;
  const metrics = spec.metrics === undefined || spec.metrics.length === 0
    ? [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]
    : spec.metrics;
  const { behavior } = spec;
  const filled = behavior === undefined ? {} : {
    behavior: {
      scaleUp: withDefaults(behavior.scaleUp ?? {}, { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }] }),
      scaleDown: withDefaults(behavior.scaleDown ?? {}, { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }),
    },
  };
  return { ...hpa, spec: withDefaults({ ...spec, metrics, ...filled }, { minReplicas: 1 }) };
}

export function claimDefaults(claim: KindMap['PersistentVolumeClaim']): KindMap['PersistentVolumeClaim'] {
  return {
    ...claim,
    ...(claim.spec === undefined ? {} : { spec: withDefaults(claim.spec, { volumeMode: 'Filesystem' }) }),
    status: withDefaults(claim.status ?? {}, { phase: 'Pending' }),
  };
}

export function volumeDefaults(volume: KindMap['PersistentVolume']): KindMap['PersistentVolume'] {
  return {
    ...volume,
    ...(volume.spec === undefined ? {} : { spec: withDefaults(volume.spec, { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' }) }),
    status: withDefaults(volume.status ?? {}, { phase: 'Pending' }),
  };
}

export function networkPolicyDefaults(policy: KindMap['NetworkPolicy']): KindMap['NetworkPolicy'] {
  if (policy.spec === undefined) return policy;
  const policyTypes = (policy.spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  return { ...policy, spec: withDefaults(policy.spec, { policyTypes }) };
}

/** Limits of containers: a maximum is the default, a default the default request. */
export function limitRangeDefaults(range: KindMap['LimitRange']): KindMap['LimitRange'] {
  if (range.spec === undefined) return range;
  return { ...range, spec: { ...range.spec, limits: (range.spec.limits ?? []).map(limitDefaults) } };
}

function limitDefaults(item: LimitRangeItem): LimitRangeItem {
  if (item.type !== 'Container') return item;
  const most = { ...item.max, ...item.default };
  const request = { ...item.min, ...most, ...item.defaultRequest };
  return {
    ...item,
    ...(Object.keys(most).length === 0 ? {} : { default: most }),
    ...(Object.keys(request).length === 0 ? {} : { defaultRequest: request }),
  };
}

const RBAC = 'rbac.authorization.k8s.io';

export function bindingDefaults<Binding extends KindMap['RoleBinding'] | KindMap['ClusterRoleBinding']>(binding: Binding): Binding {
  const subjects = (binding.subjects ?? []).map((subject) => (subject.kind === 'ServiceAccount' ? subject : withDefaults(subject, { apiGroup: RBAC })));
  return {
    ...binding,
    ...(binding.roleRef === undefined ? {} : { roleRef: withDefaults(binding.roleRef, { apiGroup: RBAC }) }),
    ...(binding.subjects === undefined ? {} : { subjects }),
  };
}

/** UTF-8 in base64 (RFC 4648). */
function base64(text: string): string {
  return btoa(unescapeBytes(encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'))));
}

function unescapeBytes(escaped: string): string {
  return escaped.replaceAll(/%([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
