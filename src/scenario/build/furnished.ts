import { resolverObjects } from '../../cluster/dns/resolver-objects.ts';
import { FAULTS } from '../../cluster/faults/catalogue.ts';
import { DATAPLANE_MODE, meshObjects } from '../../cluster/mesh/mesh-kinds.ts';
import type { KubeObject } from '../../cluster/objects.ts';

/**
 * The objects of a cluster, with those that its description leaves out: every real cluster has a resolver, so that one that is
 * there tells nobody anything; a mesh only where its faults strike one.
 */
export function furnished(objects: readonly KubeObject[], faults: readonly string[]): readonly KubeObject[] {
  const meshed = faults.some((kind) => FAULTS.get(kind)?.needs === 'mesh');
  const added = [...resolverObjects(), ...(meshed ? meshObjects() : [])];
  const inMesh = meshed && !objects.some(({ metadata }) => metadata.labels?.[DATAPLANE_MODE] !== undefined) ? objects.map(joined) : objects;
  return [...inMesh, ...added.filter((made) => !objects.some(({ kind, metadata }) => kind === made.kind && metadata.name === made.metadata.name && (metadata.namespace ?? '') === (made.metadata.namespace ?? '')))];
}

/** A namespace as one in the mesh. */
function joined(object: KubeObject): KubeObject {
  if (object.kind !== 'Namespace' || object.metadata.name.startsWith('kube-')) return object;
  return { ...object, metadata: { ...object.metadata, labels: { ...object.metadata.labels, [DATAPLANE_MODE]: 'ambient' } } };
}
