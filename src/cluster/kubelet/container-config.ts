import type { Container, KeyToPath } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

type Source = 'ConfigMap' | 'Secret';

/** Why a container cannot be created yet: a ConfigMap or Secret, or a key of one, that its environment needs and that is not there; or null. */
export function configProblem(store: ObjectStore, namespace: string, container: Container): string | null {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const problem = missing(store, 'ConfigMap', namespace, configMapRef) ?? missing(store, 'Secret', namespace, secretRef);
    if (problem !== null) return problem;
  }
  for (const { valueFrom } of container.env ?? []) {
    const problem = missing(store, 'ConfigMap', namespace, valueFrom?.configMapKeyRef) ?? missing(store, 'Secret', namespace, valueFrom?.secretKeyRef);
    if (problem !== null) return problem;
  }
  return null;
}

/** Why a pod's volumes cannot be mounted yet, in the words of the event; or null. */
export function mountProblem(store: ObjectStore, pod: KindMap['Pod']): string | null {
  const namespace = pod.metadata.namespace ?? '';
  for (const { name, configMap, secret, projected } of pod.spec?.volumes ?? []) {
    const wanted: readonly (readonly [Source, { name?: string; optional?: boolean; items?: KeyToPath[] } | undefined])[] = [
      ['ConfigMap', configMap],
      ['Secret', secret === undefined ? undefined : { ...secret, name: secret.secretName ?? '' }],
      ...(projected?.sources ?? []).flatMap((source) => [['ConfigMap', source.configMap], ['Secret', source.secret]] as const),
    ];
    for (const [kind, ref] of wanted) {
      const problem = missing(store, kind, namespace, ref) ?? missingItem(store, kind, namespace, ref);
      if (problem !== null) return `MountVolume.SetUp failed for volume "${name}" : ${problem}`;
    }
  }
  return null;
}

/** A key that a volume wants to have as a file, and that is not there. */
function missingItem(store: ObjectStore, kind: Source, namespace: string, ref: { name?: string; optional?: boolean; items?: KeyToPath[] } | undefined): string | null {
  if (ref?.items === undefined || ref.optional === true) return null;
  const found = store.get(kind, namespace, ref.name ?? '');
  const keys = new Set([...Object.keys(found?.data ?? {}), ...Object.keys((found?.kind === 'ConfigMap' ? found.binaryData : undefined) ?? {})]);
  const lacking = ref.items.find(({ key }) => !keys.has(key));
  return lacking === undefined ? null : kind === 'ConfigMap' ? `configmap references non-existent config key: ${lacking.key}` : `references non-existent secret key: ${lacking.key}`;
}

function missing(store: ObjectStore, kind: Source, namespace: string, ref: { name?: string; key?: string; optional?: boolean } | undefined): string | null {
  if (ref?.name === undefined || ref.optional === true) return null;
  const found = store.get(kind, namespace, ref.name);
  if (found === undefined) return `${kind.toLowerCase()} "${ref.name}" not found`;
  if (ref.key === undefined) return null;
  const there = Object.hasOwn(found.data ?? {}, ref.key) || (found.kind === 'ConfigMap' && Object.hasOwn(found.binaryData ?? {}, ref.key));
  return there ? null : `couldn't find key ${ref.key} in ${kind} ${namespace}/${ref.name}`;
}
