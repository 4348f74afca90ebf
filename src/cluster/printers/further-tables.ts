import { compareTexts } from '../../time/text-order.ts';
import type { Kind, KindMap } from '../objects.ts';
import { age, humanDuration } from './age.ts';
import { joinLabels, selectorText, sortedEntries } from './fields.ts';
import type { KindTable } from './kind-table.ts';
import { targetsOf } from './scaling-targets.ts';

/** Tables of the kinds around the workloads; the column sets are those of Kubernetes' own printers (pkg/printers/internalversion). */
export const FURTHER_TABLES = {
  Endpoints: {
    columns: ['NAME', 'ENDPOINTS', 'AGE'],
    wide: [],
    row: (endpoints, now) => [endpoints.metadata.name, addressesOf(endpoints), age(endpoints.metadata.creationTimestamp, now)],
  },
  Secret: {
    columns: ['NAME', 'TYPE', 'DATA', 'AGE'],
    wide: [],
    row: (secret, now) => [secret.metadata.name, secret.type ?? 'Opaque', String(Object.keys(secret.data ?? {}).length), age(secret.metadata.creationTimestamp, now)],
  },
  ServiceAccount: {
    columns: ['NAME', 'SECRETS', 'AGE'],
    wide: [],
    row: (account, now) => [account.metadata.name, String(account.secrets?.length ?? 0), age(account.metadata.creationTimestamp, now)],
  },
  PersistentVolume: {
    columns: ['NAME', 'CAPACITY', 'ACCESS MODES', 'RECLAIM POLICY', 'STATUS', 'CLAIM', 'STORAGECLASS', 'VOLUMEATTRIBUTESCLASS', 'REASON', 'AGE'],
    wide: ['VOLUMEMODE'],
    row: ({ metadata, spec, status }, now) => [
      metadata.name, spec?.capacity?.['storage'] ?? '', accessModes(spec?.accessModes), spec?.persistentVolumeReclaimPolicy ?? '', metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating',
      spec?.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`, spec?.storageClassName ?? '', '<unset>', status?.reason ?? '',
      age(metadata.creationTimestamp, now), spec?.volumeMode ?? 'Filesystem',
    ],
  },
  PersistentVolumeClaim: {
    columns: ['NAME', 'STATUS', 'VOLUME', 'CAPACITY', 'ACCESS MODES', 'STORAGECLASS', 'VOLUMEATTRIBUTESCLASS', 'AGE'],
    wide: ['VOLUMEMODE'],
    row: ({ metadata, spec, status }, now) => [
      metadata.name, metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating', spec?.volumeName ?? '', status?.capacity?.['storage'] ?? '', accessModes(status?.accessModes), spec?.storageClassName ?? '', '<unset>',
      age(metadata.creationTimestamp, now), spec?.volumeMode ?? 'Filesystem',
    ],
  },
  ResourceQuota: {
    columns: ['NAME', 'REQUEST', 'LIMIT', 'AGE'],
    wide: [],
    row: ({ metadata, status }, now) => {
      const words = (limits: boolean): string => sortedEntries(status?.hard).filter(([key]) => key.startsWith('limits') === limits).map(([key, hard]) => `${key}: ${status?.used?.[key] ?? '0'}/${hard}`).join(', ');
      return [metadata.name, words(false), words(true), age(metadata.creationTimestamp, now)];
    },
  },
  DaemonSet: {
    columns: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'UP-TO-DATE', 'AVAILABLE', 'NODE SELECTOR', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    types: { DESIRED: 'integer', CURRENT: 'integer', READY: 'integer', 'UP-TO-DATE': 'integer', AVAILABLE: 'integer' },
    row: ({ metadata, spec, status }, now) => [
      metadata.name, String(status?.desiredNumberScheduled ?? 0), String(status?.currentNumberScheduled ?? 0), String(status?.numberReady ?? 0), String(status?.updatedNumberScheduled ?? 0),
      String(status?.numberAvailable ?? 0), joinLabels(spec?.template.spec?.nodeSelector), age(metadata.creationTimestamp, now), ...imagesOf(spec?.template), selectorText(spec?.selector),
    ],
  },
  Job: {
    columns: ['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    row: (job, now) => [
      job.metadata.name, jobStatus(job), completionsOf(job), jobDuration(job, now), age(job.metadata.creationTimestamp, now), ...imagesOf(job.spec?.template), selectorText(job.spec?.selector),
    ],
  },
  CronJob: {
    columns: ['NAME', 'SCHEDULE', 'TIMEZONE', 'SUSPEND', 'ACTIVE', 'LAST SCHEDULE', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    types: { ACTIVE: 'integer' },
    row: ({ metadata, spec, status }, now) => [
      metadata.name, spec?.schedule ?? '', spec?.timeZone ?? '<none>', spec?.suspend === true ? 'True' : 'False', String(status?.active?.length ?? 0),
      status?.lastScheduleTime === undefined ? '<none>' : age(status.lastScheduleTime, now), age(metadata.creationTimestamp, now), ...imagesOf(spec?.jobTemplate.spec?.template), selectorText(spec?.jobTemplate.spec?.selector),
    ],
  },
  HorizontalPodAutoscaler: {
    columns: ['NAME', 'REFERENCE', 'TARGETS', 'MINPODS', 'MAXPODS', 'REPLICAS', 'AGE'],
    wide: [],
    row: (hpa, now) => [
      hpa.metadata.name, `${hpa.spec?.scaleTargetRef.kind ?? ''}/${hpa.spec?.scaleTargetRef.name ?? ''}`, targetsOf(hpa), String(hpa.spec?.minReplicas ?? '<unset>'), String(hpa.spec?.maxReplicas ?? ''),
      String(hpa.status?.currentReplicas ?? 0), age(hpa.metadata.creationTimestamp, now),
    ],
  },
  PodDisruptionBudget: {
    columns: ['NAME', 'MIN AVAILABLE', 'MAX UNAVAILABLE', 'ALLOWED DISRUPTIONS', 'AGE'],
    wide: [],
    types: { 'ALLOWED DISRUPTIONS': 'integer' },
    row: ({ metadata, spec, status }, now) => [
      metadata.name, String(spec?.minAvailable ?? 'N/A'), String(spec?.maxUnavailable ?? 'N/A'), String(status?.disruptionsAllowed ?? 0), age(metadata.creationTimestamp, now),
    ],
  },
  Ingress: {
    columns: ['NAME', 'CLASS', 'HOSTS', 'ADDRESS', 'PORTS', 'AGE'],
    wide: [],
    row: ({ metadata, spec, status }, now) => {
      const addresses = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '').sort(compareTexts);
      return [metadata.name, spec?.ingressClassName ?? '<none>', hostsOf(spec?.rules ?? []), addresses.join(','), (spec?.tls ?? []).length > 0 ? '80, 443' : '80', age(metadata.creationTimestamp, now)];
    },
  },
  IngressClass: {
    columns: ['NAME', 'CONTROLLER', 'PARAMETERS', 'AGE'],
    wide: [],
    row: ({ metadata, spec }, now) => [metadata.name, spec?.controller ?? '', parametersOf(spec?.parameters), age(metadata.creationTimestamp, now)],
  },
  NetworkPolicy: {
    columns: ['NAME', 'POD-SELECTOR', 'AGE'],
    wide: [],
    row: ({ metadata, spec }, now) => [metadata.name, selectorText(spec?.podSelector), age(metadata.creationTimestamp, now)],
  },
  StorageClass: {
    columns: ['NAME', 'PROVISIONER', 'RECLAIMPOLICY', 'VOLUMEBINDINGMODE', 'ALLOWVOLUMEEXPANSION', 'AGE'],
    wide: [],
    types: { ALLOWVOLUMEEXPANSION: 'boolean' },
    row: (sc, now) => [
      sc.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? `${sc.metadata.name} (default)` : sc.metadata.name, sc.provisioner, sc.reclaimPolicy ?? 'Delete',
      sc.volumeBindingMode ?? 'Immediate', String(sc.allowVolumeExpansion ?? false), age(sc.metadata.creationTimestamp, now),
    ],
  },
  PriorityClass: {
    columns: ['NAME', 'VALUE', 'GLOBAL-DEFAULT', 'AGE', 'PREEMPTIONPOLICY'],
    wide: [],
    types: { VALUE: 'integer', 'GLOBAL-DEFAULT': 'boolean' },
    row: (pc, now) => [pc.metadata.name, String(pc.value), String(pc.globalDefault ?? false), age(pc.metadata.creationTimestamp, now), pc.preemptionPolicy ?? 'PreemptLowerPriority'],
  },
  Lease: {
    columns: ['NAME', 'HOLDER', 'AGE'],
    wide: [],
    row: ({ metadata, spec }, now) => [metadata.name, spec?.holderIdentity ?? '', age(metadata.creationTimestamp, now)],
  },
  RoleBinding: bindings(),
  ClusterRoleBinding: bindings(),
} satisfies { readonly [K in Kind]?: KindTable<K> };

/** Ready addresses with each port, three at most: `10.244.0.3:8080,10.244.0.4:8080 + 2 more...`. */
function addressesOf({ subsets }: KindMap['Endpoints']): string {
  const all = (subsets ?? []).flatMap(({ addresses, ports }) =>
    ((ports ?? []).length === 0 ? (addresses ?? []).map(({ ip }) => ip) : (ports ?? []).flatMap(({ port }) => (addresses ?? []).map(({ ip }) => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`))),
  );
  if (all.length === 0) return '<none>';
  return all.length <= 3 ? all.join(',') : `${all.slice(0, 3).join(',')} + ${all.length - 3} more...`;
}

const ACCESS_MODES: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

function accessModes(modes: readonly string[] | undefined): string {
  return (modes ?? []).map((mode) => ACCESS_MODES[mode] ?? mode).join(',');
}

export function imagesOf(template: { readonly spec?: { readonly containers: readonly { readonly name: string; readonly image?: string }[] } } | undefined): [string, string] {
  const containers = template?.spec?.containers ?? [];
  return [containers.map(({ name }) => name).join(','), containers.map(({ image }) => image ?? '').join(',')];
}

function jobStatus({ metadata, status }: KindMap['Job']): string {
  const met = (type: string): boolean => (status?.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
  if (met('Complete')) return 'Complete';
  if (met('Failed')) return 'Failed';
  if (metadata.deletionTimestamp !== undefined) return 'Terminating';
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(met) ?? 'Running';
}

function completionsOf({ spec, status }: KindMap['Job']): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  return (spec?.parallelism ?? 1) > 1 ? `${succeeded}/1 of ${spec?.parallelism}` : `${succeeded}/1`;
}

function jobDuration({ status }: KindMap['Job'], nowUnixMs: number): string {
  if (status?.startTime === undefined) return '';
  const untilMs = status.completionTime === undefined ? nowUnixMs : Date.parse(status.completionTime);
  return humanDuration(untilMs - Date.parse(status.startTime));
}

/** Three hosts at most; `*` for any. */
function hostsOf(rules: readonly { readonly host?: string }[]): string {
  const hosts = rules.slice(0, 3).flatMap(({ host }) => (host === undefined || host === '' ? [] : [host]));
  if (hosts.length === 0) return '*';
  return rules.length > 3 ? `${hosts.join(',')} + ${rules.length - 3} more...` : hosts.join(',');
}

function parametersOf(parameters: { readonly apiGroup?: string; readonly kind: string; readonly name: string } | undefined): string {
  if (parameters === undefined) return '<none>';
  return `${parameters.kind}${parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`}/${parameters.name}`;
}

function bindings(): KindTable<'RoleBinding' | 'ClusterRoleBinding'> {
  return {
    columns: ['NAME', 'ROLE', 'AGE'],
    wide: ['USERS', 'GROUPS', 'SERVICEACCOUNTS'],
    row: ({ metadata, roleRef, subjects = [] }, now) => {
      const named = (kind: string): string => subjects.filter((one) => one.kind === kind).map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name)).join(', ');
      return [metadata.name, `${roleRef.kind}/${roleRef.name}`, age(metadata.creationTimestamp, now), named('User'), named('Group'), named('ServiceAccount')];
    },
  };
}
