import type { CustomKind, CustomObject } from '../custom-kind.ts';
import { definitionOf, shownKind } from '../custom-kind.ts';
import type { FaultSettings, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';

/** Whether the cluster knows a kind of the mesh. */
export function knowsKind(world: FaultWorld, kind: CustomKind): boolean {
  return world.api.get('CustomResourceDefinition', '', definitionOf(kind)).ok;
}

/** Creates an object of the mesh by mistake. Returns how to take it back. */
export function meshObject(world: FaultWorld, { kind, namespace, name, spec }: { readonly kind: CustomKind; readonly namespace: string; readonly name: string; readonly spec: object }, settings: FaultSettings, entry: string): () => void {
  const object: CustomObject = { apiVersion: `${definitionOf(kind).replace(/^[^.]*\./, '')}/v1`, kind, metadata: { name, namespace }, spec };
  return err(world, [{ do: 'create', object }], settings, entry === '' ? `${shownKind(kind).toLowerCase()}/${name}: manifests applied` : entry);
}

/** The labels by which a Service `namespace/name` selects its pods. */
export function selectorOf(world: FaultWorld, service: string): Record<string, string> {
  const [namespace = '', name = ''] = service.split('/');
  const found = world.api.get('Service', namespace, name);
  return found.ok ? (found.object.spec?.selector ?? {}) : {};
}
