import type { KindMap } from '../objects.ts';
import { integerErrors, percentErrors, tooLong, unsupported, utf8Bytes } from './value-rules.ts';

/** What is wrong with objects of the kinds around the workloads. Source: the validation packages of Kubernetes' API groups. */

export function secretErrors(secret: KindMap['Secret']): string[] {
  const errors = dataKeyErrors(secret.data);
  if (Object.values(secret.data ?? {}).reduce((sum, text) => sum + base64Bytes(text), 0) > MOST_DATA_BYTES) errors.push(tooLong('data', MOST_DATA_BYTES));
  for (const [type, key] of SECRET_KEYS) {
    if (secret.type === type && secret.data?.[key] === undefined) errors.push(`data[${key}]: Required value`);
  }
  return errors;
}

const SECRET_KEYS = [['kubernetes.io/tls', 'tls.crt'], ['kubernetes.io/tls', 'tls.key'], ['kubernetes.io/dockerconfigjson', '.dockerconfigjson']] as const;

/** A ConfigMap holds as much as a Secret; what is too much is said of the object as a whole. */
export function configMapErrors({ data, binaryData }: KindMap['ConfigMap']): string[] {
  let bytes = 0;
  for (const text of Object.values(data ?? {})) bytes += utf8Bytes(text);
  for (const text of Object.values(binaryData ?? {})) bytes += base64Bytes(text);
  const twice = Object.keys(binaryData ?? {}).filter((key) => Object.hasOwn(data ?? {}, key)).map((key) => `data[${key}]: Invalid value: "${key}": duplicate of key present in binaryData`);
  return [...dataKeyErrors(data), ...twice, ...dataKeyErrors(binaryData, 'binaryData'), ...(bytes > MOST_DATA_BYTES ? [tooLong('[]', MOST_DATA_BYTES)] : [])];
}

/** `MaxSecretSize`. */
const MOST_DATA_BYTES = 1_048_576;

function base64Bytes(text: string): number {
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
}

function dataKeyErrors(data: Readonly<Record<string, string>> | undefined, field = 'data'): string[] {
  return Object.keys(data ?? {})
    .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
    .map((key) => `${field}[${key}]: Invalid value: "${key}": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`);
}

export function autoscalerErrors(hpa: KindMap['HorizontalPodAutoscaler']): string[] {
  const { spec } = hpa;
  const errors: string[] = [];
  if ((spec?.minReplicas ?? 1) < 1) errors.push(`spec.minReplicas: Invalid value: ${spec?.minReplicas}: must be greater than or equal to 1`);
  if (spec?.maxReplicas === undefined || spec.maxReplicas < 1) errors.push(`spec.maxReplicas: Invalid value: ${spec?.maxReplicas ?? 0}: must be greater than 0`);
  else if (spec.maxReplicas < (spec.minReplicas ?? 1)) errors.push(`spec.maxReplicas: Invalid value: ${spec.maxReplicas}: must be greater than or equal to \`minReplicas\``);
  if ((spec?.scaleTargetRef?.kind ?? '') === '') errors.push('spec.scaleTargetRef.kind: Required value');
  if ((spec?.scaleTargetRef?.name ?? '') === '') errors.push('spec.scaleTargetRef.name: Required value');
  return errors;
}

export function budgetErrors(budget: KindMap['PodDisruptionBudget']): string[] {
  const { spec } = budget;
  if (spec?.minAvailable !== undefined && spec.maxUnavailable !== undefined) {
    return ['spec: Invalid value: policy.PodDisruptionBudgetSpec{}: minAvailable and maxUnavailable cannot be both set'];
  }
  return [...percentErrors('spec.minAvailable', spec?.minAvailable), ...percentErrors('spec.maxUnavailable', spec?.maxUnavailable)];
}

export function claimErrors(claim: KindMap['PersistentVolumeClaim']): string[] {
  const errors: string[] = [];
  if ((claim.spec?.accessModes ?? []).length === 0) errors.push('spec.accessModes: Required value: at least 1 access mode is required');
  if (claim.spec?.resources?.requests?.['storage'] === undefined) errors.push('spec.resources[storage]: Required value');
  return [...errors, ...accessModeErrors(claim.spec?.accessModes)];
}

export function volumeErrors(volume: KindMap['PersistentVolume']): string[] {
  const { spec } = volume;
  const errors: string[] = [];
  if ((spec?.accessModes ?? []).length === 0) errors.push('spec.accessModes: Required value');
  if (spec?.capacity?.['storage'] === undefined) errors.push('spec.capacity: Required value');
  if (!Object.keys(spec ?? {}).some((key) => VOLUME_SOURCES.has(key))) errors.push('spec: Required value: must specify a volume type');
  return [...errors, ...accessModeErrors(spec?.accessModes), ...unsupported('spec.persistentVolumeReclaimPolicy', spec?.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain'])];
}

const VOLUME_SOURCES = new Set(['hostPath', 'nfs', 'csi', 'local', 'iscsi', 'fc', 'awsElasticBlockStore', 'gcePersistentDisk', 'azureDisk', 'azureFile', 'cephfs', 'rbd', 'cinder', 'vsphereVolume', 'portworxVolume', 'scaleIO', 'storageos', 'glusterfs', 'flexVolume', 'flocker', 'quobyte', 'photonPersistentDisk']);

function accessModeErrors(modes: readonly string[] | undefined): string[] {
  return (modes ?? []).flatMap((mode) => unsupported('spec.accessModes', mode, ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']));
}

export function storageClassErrors(storage: KindMap['StorageClass']): string[] {
  return [
    ...((storage.provisioner ?? '') === '' ? ['provisioner: Required value'] : []),
    ...unsupported('reclaimPolicy', storage.reclaimPolicy, ['Delete', 'Retain']),
    ...unsupported('volumeBindingMode', storage.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
  ];
}

export function priorityClassErrors(priority: KindMap['PriorityClass']): string[] {
  const system = priority.metadata.name.startsWith('system-');
  if (!system && priority.value > 1_000_000_000) return [`value: Forbidden: maximum allowed value of a user defined priority is 1000000000`];
  return unsupported('preemptionPolicy', priority.preemptionPolicy, ['Never', 'PreemptLowerPriority']);
}

export function ingressErrors(ingress: KindMap['Ingress']): string[] {
  const { spec } = ingress;
  if ((spec?.rules ?? []).length === 0 && spec?.defaultBackend === undefined) {
    return ['spec: Invalid value: []networking.IngressRule{}: either `defaultBackend` or `rules` must be specified'];
  }
  return (spec?.rules ?? []).flatMap(({ http }, nth) =>
    (http?.paths ?? []).flatMap(({ path, pathType, backend }, at) => {
      const where = `spec.rules[${nth}].http.paths[${at}]`;
      const errors = (pathType as string | undefined) === undefined ? [`${where}.pathType: Required value: pathType must be specified`] : unsupported(`${where}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']);
      if (path !== undefined && !path.startsWith('/')) errors.push(`${where}.path: Invalid value: "${path}": must be an absolute path`);
      if (backend?.service === undefined && backend?.resource === undefined) errors.push(`${where}.backend: Required value: resource or service backend is required`);
      return errors;
    }),
  );
}

export function leaseErrors(lease: KindMap['Lease']): string[] {
  const seconds = lease.spec?.leaseDurationSeconds;
  return [
    ...(seconds !== undefined && seconds <= 0 ? [`spec.leaseDurationSeconds: Invalid value: ${seconds}: must be greater than 0`] : []),
    ...integerErrors('spec', lease.spec, ['leaseTransitions']),
  ];
}
