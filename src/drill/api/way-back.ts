import type { Cluster } from '../../cluster/cluster.ts';
import type { Kind, KindMap, KubeObject } from '../../cluster/objects.ts';
import type { Fact, UndoClass } from '../../journal/timeline.ts';
import type { Restore } from '../tools/tool.ts';

/** One write through the API: what was asked, and the object before and after, null where there was or is none. */
export interface Change {
  readonly asked: Fact<'api-requested'>;
  readonly kind: Kind;
  readonly before: KubeObject | null;
  readonly after: KubeObject | null;
  /** True where nothing was stored: it was refused, or it was so already. */
  readonly unchanged: boolean;
}

interface WayBack {
  readonly undoClass: UndoClass;
  readonly undo: string | null;
  readonly restore: Restore | null;
}

/** How a write is taken back: what was made is deleted, what was changed is put back, what was deleted is made again. */
export function wayBack({ asked, kind, before, after, unchanged }: Change, cluster: Cluster): WayBack {
  const deletes = asked.verb === 'delete' || asked.subresource === 'eviction';
  if (asked.code >= 400 || unchanged) return { undoClass: asked.code >= 400 ? classOf(asked, before, deletes) : 'U0', undo: null, restore: null };
  const undoClass = classOf(asked, before, deletes);
  const object = before ?? after;
  if (object === null || undoClass === 'U3' || undoClass === 'U4') return { undoClass, undo: null, restore: null };
  const { namespace = '', name } = object.metadata;
  const what = `${asked.resource}/${name}`;
  const place = { resource: asked.resource, namespace, name };
  if (deletes) return { undoClass, undo: `re-create ${what}`, restore: { ...place, verb: 'create', run: () => cluster.restore(object) } };
  if (before === null) return { undoClass, undo: `delete ${what} again`, restore: { ...place, verb: 'delete', run: () => cluster.api.delete({ kind, namespace, name }).ok } };
  return { undoClass, undo: `put ${what} back as it was`, restore: { ...place, verb: 'update', run: () => putBack(cluster, kind, before) } };
}

function classOf({ verb, subresource }: Fact<'api-requested'>, before: KubeObject | null, deletes: boolean): UndoClass {
  if (verb === 'deletecollection') return 'U3';
  if (!deletes) return subresource === null || subresource === 'scale' ? 'U1' : 'U3';
  if (before?.kind === 'Namespace') return 'U4';
  return before?.metadata.ownerReferences?.some(({ controller }) => controller === true) === true ? 'U3' : 'U2';
}

/** The object as it was, over whatever it is now. False where it is gone, or may not be as it was. */
function putBack(cluster: Cluster, kind: Kind, before: KubeObject): boolean {
  const { namespace = '', name } = before.metadata;
  const now = cluster.plane.store.get(kind, namespace, name);
  if (now === undefined) return false;
  const { resourceVersion: _version, ...metadata } = before.metadata;
  return cluster.api.update({ ...before, metadata } as KindMap[Kind]).ok;
}
