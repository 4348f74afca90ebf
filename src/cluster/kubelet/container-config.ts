import type { Container } from 'kubernetes-types/core/v1';
import type { ObjectStore } from '../store.ts';

/** Why a container cannot be created yet: a ConfigMap, or a key of one, that its environment needs and that is not there; or null. */
export function configProblem(store: ObjectStore, namespace: string, container: Container): string | null {
  for (const { configMapRef } of container.envFrom ?? []) {
    if (configMapRef?.name === undefined || configMapRef.optional === true) continue;
    if (store.get('ConfigMap', namespace, configMapRef.name) === undefined) return `configmap "${configMapRef.name}" not found`;
  }
  for (const { valueFrom } of container.env ?? []) {
    const ref = valueFrom?.configMapKeyRef;
    if (ref?.name === undefined || ref.optional === true) continue;
    const map = store.get('ConfigMap', namespace, ref.name);
    if (map === undefined) return `configmap "${ref.name}" not found`;
    if (!Object.hasOwn(map.data ?? {}, ref.key)) return `couldn't find key ${ref.key} in ConfigMap ${namespace}/${ref.name}`;
  }
  return null;
}
