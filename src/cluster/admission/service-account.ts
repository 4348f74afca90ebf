import type { Container, VolumeProjection } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { nameSuffix } from '../names.ts';

type Pod = KindMap['Pod'];

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const PREFIX = 'kube-api-access-';
/** An hour, and seven seconds that tell the kubelet's own wish from one of people. */
const EXPIRATION_S = 3_607;
const SOURCES: VolumeProjection[] = [
  { serviceAccountToken: { expirationSeconds: EXPIRATION_S, path: 'token' } },
  { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
  { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
];

/**
 * A new pod with its service account looked up: the account's token is mounted into each container, unless the pod or the
 * account wants none, and its pull secrets are the pod's. The problem is in the words that follow `pods "…" is forbidden:`.
 * Source: plugin/pkg/admission/serviceaccount of Kubernetes.
 */
export function withServiceAccount(store: ObjectStore, pod: Pod): { readonly pod: Pod } | { readonly problem: string } {
  const { namespace = '', name, annotations } = pod.metadata;
  const { spec = { containers: [] } } = pod;
  if (annotations?.['kubernetes.io/config.mirror'] !== undefined) return { pod };
  const accountName = (spec.serviceAccountName ?? '') === '' ? 'default' : (spec.serviceAccountName as string);
  const account = store.get('ServiceAccount', namespace, accountName);
  if (account === undefined) return { problem: `error looking up service account ${namespace}/${accountName}: serviceaccount "${accountName}" not found` };
  const secrets = spec.imagePullSecrets === undefined && account.imagePullSecrets !== undefined ? { imagePullSecrets: account.imagePullSecrets } : {};
  const named: NonNullable<Pod['spec']> = { ...spec, ...secrets, serviceAccountName: accountName, serviceAccount: accountName };
  const wanted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  return { pod: { ...pod, spec: wanted ? withToken(named, name) : named } };
}

function withToken(spec: NonNullable<Pod['spec']>, podName: string): NonNullable<Pod['spec']> {
  const own = spec.volumes?.find(({ name, projected }) => projected !== undefined && (name ?? '').startsWith(PREFIX));
  const volume = own?.name ?? PREFIX + nameSuffix(podName);
  const mounted = (one: Container): boolean => one.volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH) ?? false;
  const withMount = (one: Container): Container => (mounted(one) ? one : { ...one, volumeMounts: [...(one.volumeMounts ?? []), { mountPath: MOUNT_PATH, name: volume, readOnly: true }] });
  if ([...spec.containers, ...(spec.initContainers ?? [])].every(mounted)) return spec;
  const next: NonNullable<Pod['spec']> = { ...spec, containers: spec.containers.map(withMount) };
  if (spec.initContainers !== undefined) next.initContainers = spec.initContainers.map(withMount);
  if (own === undefined) next.volumes = [...(spec.volumes ?? []), { name: volume, projected: { defaultMode: 420, sources: SOURCES } }];
  return next;
}
