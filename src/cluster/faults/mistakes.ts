import type { Patch } from '../api.ts';
import { refOf } from '../deletion.ts';
import type { Ref } from '../objects.ts';
import { isPipeline } from '../signals/change-log.ts';
import { resourceText } from '../signals/terraform/plan-text.ts';
import type { AnyObject } from '../store.ts';
import type { FaultSettings, FaultWorld } from './fault.ts';
import { takenBack } from './three-ways.ts';

/** A change that somebody makes by mistake, through the API as everybody does. */
export type Mistake =
  | { readonly do: 'patch'; readonly ref: Ref; readonly patch: Patch }
  | { readonly do: 'create'; readonly object: AnyObject }
  | { readonly do: 'delete'; readonly ref: Ref }
  /** Deleted and made anew, changed. */
  | { readonly do: 'replace'; readonly ref: Ref; readonly patch: Patch };

/**
 * Makes the mistakes, in order, and writes the change log's entry. Returns how to undo them, last first: each restores
 * exactly what it changed, and nothing that somebody has changed or removed since. What the API refuses did not happen.
 */
export function err(world: FaultWorld, mistakes: readonly Mistake[], settings: FaultSettings, entry: string): () => void {
  const refs = mistakes.map((mistake) => (mistake.do === 'create' ? refOf(mistake.object) : mistake.ref));
  const before = refs.map((ref) => find(world, ref));
  const undo = mistakes.map((mistake) => make(world, mistake));
  const who = String(settings['who'] ?? 'pipeline');
  const declare = (): void => {
    if (isPipeline(who)) for (const ref of refs) world.declare(ref);
  };
  declare();
  const said = settings['entry'] === '' || settings['entry'] === undefined ? entry : String(settings['entry']);
  // What came from a repository is there to be read; of what people do by hand only the entry is left.
  if (said !== 'none') world.note(who, said, isPipeline(who) ? refs.flatMap((ref, at) => resourceText({ before: before[at] ?? null, after: find(world, ref) ?? null }, 'will be')) : []);
  let over = false;
  return () => {
    if (over) return;
    over = true;
    for (const back of undo.toReversed()) back();
    declare();
  };
}

function make(world: FaultWorld, mistake: Mistake): () => void {
  switch (mistake.do) {
    case 'create': return create(world, mistake.object);
    case 'delete': return remove(world, mistake.ref);
    case 'patch': return change(world, mistake.ref, mistake.patch);
    case 'replace': return replace(world, mistake.ref, mistake.patch);
  }
}

const NOTHING = (): void => undefined;

function create(world: FaultWorld, object: AnyObject): () => void {
  const made = world.api.create(object);
  if (!made.ok) return NOTHING;
  const { uid } = made.object.metadata;
  return () => {
    const ref = refOf(made.object);
    const now = find(world, ref);
    if (now?.metadata.uid === uid) world.api.delete(ref);
  };
}

function remove(world: FaultWorld, ref: Ref): () => void {
  const before = find(world, ref);
  if (before === undefined || !world.api.delete(ref).ok) return NOTHING;
  return () => {
    if (find(world, ref) === undefined) world.restore(bare(before));
  };
}

function change(world: FaultWorld, ref: Ref, patch: Patch): () => void {
  const before = find(world, ref);
  const changed = world.api.patch(ref, patch);
  if (before === undefined || !changed.ok) return NOTHING;
  return () => takeBack(world, ref, before, changed.object);
}

/** As `kubectl replace --force`: what hangs on the old object goes with it. */
function replace(world: FaultWorld, ref: Ref, patch: Patch): () => void {
  const before = find(world, ref);
  if (before === undefined) return NOTHING;
  const tried = world.api.patch(ref, patch, { dryRun: true });
  if (!tried.ok || !world.api.delete(ref).ok) return NOTHING;
  const made = world.api.create(bare(tried.object));
  if (made.ok) return () => takeBack(world, ref, before, made.object);
  world.restore(bare(before));
  return NOTHING;
}

function takeBack(world: FaultWorld, ref: Ref, before: AnyObject, after: AnyObject): void {
  const now = find(world, ref);
  if (now === undefined || now.metadata.deletionTimestamp !== undefined) return;
  const left = takenBack(own(before), own(after), own(now)) as AnyObject;
  const annotations = { ...left.metadata.annotations, ...serverNotes(now) };
  const metadata = { ...now.metadata, ...left.metadata, annotations };
  for (const key of ['labels', 'finalizers'] as const) if (left.metadata[key] === undefined) delete metadata[key];
  if (Object.keys(annotations).length === 0) delete (metadata as { annotations?: unknown }).annotations;
  world.restore({ ...left, ...('status' in now ? { status: now.status } : {}), metadata } as AnyObject);
}

/** What people write of an object: not what the server and its controllers do. */
function own(object: AnyObject): object {
  const { status: _status, metadata, ...rest } = object as AnyObject & { status?: unknown };
  const { labels, annotations, finalizers } = metadata;
  const noted = Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => !SERVER_NOTE.test(key)));
  return { ...rest, metadata: { ...(labels === undefined ? {} : { labels }), ...(finalizers === undefined ? {} : { finalizers }), ...(Object.keys(noted).length === 0 ? {} : { annotations: noted }) } };
}

/** Annotations that controllers keep. */
const SERVER_NOTE = /^(?:deployment\.kubernetes\.io|pv\.kubernetes\.io|deprecated\.daemonset\.template)\//;

function serverNotes(object: AnyObject): Record<string, string> {
  return Object.fromEntries(Object.entries(object.metadata.annotations ?? {}).filter(([key]) => SERVER_NOTE.test(key)));
}

/** An object as its manifest would have it, to be created again. */
export function bare<Given extends AnyObject>(object: Given): Given {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, generation: _generation, deletionTimestamp: _deleted, deletionGracePeriodSeconds: _grace, ownerReferences: _owners, managedFields: _managed, ...metadata } = object.metadata;
  const { status, ...rest } = object as Given & { status?: unknown };
  return { ...rest, ...(object.kind === 'Node' ? { status } : {}), metadata } as unknown as Given;
}

function find(world: FaultWorld, { kind, namespace, name }: Ref): AnyObject | undefined {
  const found = world.api.get(kind, namespace, name);
  return found.ok ? found.object : undefined;
}
