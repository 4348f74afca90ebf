import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';
import { forbidden, invalid, type Refusal } from '../refusals.ts';
import type { AnyObject, ObjectStore } from '../store.ts';
import type { AdmissionRequest } from './admission-request.ts';
import { violations, type SecurityLevel } from './pod-security-checks.ts';

type Namespace = KindMap['Namespace'];
type Mode = 'enforce' | 'audit' | 'warn';

/**
 * Pod Security admission: namespaces say by their labels which standard their pods must meet, or are warned by. Pods are
 * refused; of what makes pods only warnings tell.
 */
export function judgedByPodSecurity(store: ObjectStore, { operation, object, oldObject, namespace, subresource }: AdmissionRequest): { readonly warnings: readonly string[] } | Refusal {
  if (object === null || (subresource !== '' && subresource !== 'ephemeralcontainers')) return SILENT;
  if (object.kind === 'Namespace') return judgedNamespace(store, object, oldObject?.kind === 'Namespace' ? oldObject : null);
  if (namespace === '') return SILENT;
  const labels = store.get('Namespace', '', namespace)?.metadata.labels;
  if (labels === undefined || !hasPolicy(labels)) return SILENT;
  if (operation === 'UPDATE' && oldObject !== null && 'spec' in oldObject && 'spec' in object && oldObject.spec === object.spec) return SILENT;
  const template = object.kind === 'Pod' ? { metadata: object.metadata, ...(object.spec === undefined ? {} : { spec: object.spec }) } : templateOf(object);
  if (template?.spec === undefined) return SILENT;
  if (object.kind === 'Pod') {
    const broken = broke(template, labels, 'enforce');
    if (broken !== null) return forbidden('Pod', object.metadata.name, `violates ${broken}`);
  }
  const warned = broke(template, labels, 'warn');
  return warned === null ? SILENT : { warnings: [`would violate ${warned}`] };
}

const SILENT = { warnings: [] } as const;

function hasPolicy(labels: Readonly<Record<string, string>>): boolean {
  return MODES.some((mode) => labels[`${PREFIX}${mode}`] !== undefined);
}

const PREFIX = 'pod-security.kubernetes.io/';
const MODES: readonly Mode[] = ['enforce', 'audit', 'warn'];
const LEVELS: readonly SecurityLevel[] = ['privileged', 'baseline', 'restricted'];

function levelOf(labels: Readonly<Record<string, string>> | undefined, mode: Mode): { readonly level: SecurityLevel; readonly version: string } {
  const level = labels?.[`${PREFIX}${mode}`] as SecurityLevel | undefined;
  return { level: level !== undefined && LEVELS.includes(level) ? level : level === undefined ? 'privileged' : 'restricted', version: labels?.[`${PREFIX}${mode}-version`] ?? 'latest' };
}

/** `PodSecurity "restricted:latest": privileged (container "c" must not …)`; null where nothing is broken. */
function broke({ metadata, spec }: PodTemplateSpec, labels: Readonly<Record<string, string>>, mode: Mode): string | null {
  const { level, version } = levelOf(labels, mode);
  const broken = spec === undefined ? [] : violations(spec, metadata?.annotations ?? {}, level);
  return broken.length === 0 ? null : `PodSecurity "${level}:${version}": ${broken.map(({ reason, detail }) => `${reason} (${detail})`).join(', ')}`;
}

function templateOf(object: AnyObject): PodTemplateSpec | undefined {
  if (object.kind === 'CronJob') return object.spec?.jobTemplate.spec?.template;
  if (object.kind === 'PodTemplate') return object.template;
  const templated = object.kind === 'Deployment' || object.kind === 'ReplicaSet' || object.kind === 'StatefulSet' || object.kind === 'DaemonSet' || object.kind === 'Job' || object.kind === 'ReplicationController';
  return templated ? object.spec?.template : undefined;
}

/** The labels must name standards that there are; pods that break a new one are told of, not ended. */
function judgedNamespace(store: ObjectStore, next: Namespace, current: Namespace | null): { readonly warnings: readonly string[] } | Refusal {
  const { labels = {}, name } = next.metadata;
  if (!hasPolicy(labels)) return SILENT;
  const errors = MODES.flatMap((mode) => {
    const [level, version] = [labels[`${PREFIX}${mode}`], labels[`${PREFIX}${mode}-version`]];
    return [
      ...(level === undefined || (LEVELS as readonly string[]).includes(level) ? [] : [`metadata.labels[${PREFIX}${mode}]: Invalid value: ${JSON.stringify(level)}: must be one of privileged, baseline, restricted`]),
      ...(version === undefined || /^(?:latest|v1\.\d+)$/.test(version) ? [] : [`metadata.labels[${PREFIX}${mode}-version]: Invalid value: ${JSON.stringify(version)}: must be "latest" or "v1.x"`]),
    ];
  });
  if (errors.length > 0) return invalid('Namespace', name, errors);
  const [is, was] = [levelOf(labels, 'enforce'), levelOf(current?.metadata.labels, 'enforce')];
  if (current === null || LEVELS.indexOf(is.level) <= LEVELS.indexOf(was.level)) return SILENT;
  const byReasons = new Map<string, string[]>();
  for (const pod of store.list('Pod', name)) {
    const broken = pod.spec === undefined ? [] : violations(pod.spec, pod.metadata.annotations ?? {}, is.level);
    if (broken.length === 0) continue;
    const reasons = broken.map(({ reason }) => reason).join(', ');
    byReasons.set(reasons, [...(byReasons.get(reasons) ?? []), pod.metadata.name]);
  }
  if (byReasons.size === 0) return SILENT;
  const lines = [...byReasons].map(([reasons, [first = '', ...others]]) => `${first}${others.length === 0 ? '' : ` (and ${others.length} other ${others.length === 1 ? 'pod' : 'pods'})`}: ${reasons}`);
  return { warnings: [`existing pods in namespace ${JSON.stringify(name)} violate the new PodSecurity enforce level "${is.level}:${is.version}"`, ...lines] };
}
