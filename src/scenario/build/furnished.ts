import { resolverObjects } from '../../cluster/dns/resolver-objects.ts';
import { FAULTS } from '../../cluster/faults/catalogue.ts';
import type { FaultKind } from '../../cluster/faults/fault.ts';
import { DATAPLANE_MODE, meshObjects } from '../../cluster/mesh/mesh-kinds.ts';
import type { KubeObject } from '../../cluster/objects.ts';

/** The objects of a cluster, with those that its faults strike and that its description leaves out: every real cluster has them. */
export function furnished(objects: readonly KubeObject[], faults: readonly string[]): readonly KubeObject[] {
  const needs = new Set(faults.map((kind) => FAULTS.get(kind)?.needs));
  const added = (Object.keys(MAKERS) as (keyof typeof MAKERS)[]).flatMap((need) => (needs.has(need) ? MAKERS[need]() : []));
  const inMesh = needs.has('mesh') && !objects.some(({ metadata }) => metadata.labels?.[DATAPLANE_MODE] !== undefined) ? objects.map(joined) : objects;
  return [...inMesh, ...added.filter((made) => !objects.some(({ kind, metadata }) => kind === made.kind && metadata.name === made.metadata.name && (metadata.namespace ?? '') === (made.metadata.namespace ?? '')))];
}

/** A namespace as one in the mesh. */
function joined(object: KubeObject): KubeObject {
  if (object.kind !== 'Namespace' || object.metadata.name.startsWith('kube-')) return object;
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [DATAPLANE_MODE]: 'ambient' } } };
}

const MAKERS = { resolver: resolverObjects, mesh: meshObjects } satisfies Record<NonNullable<FaultKind['needs']>, () => KubeObject[]>;
