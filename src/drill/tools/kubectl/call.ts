import type { ApiStatus, KubeApi, LabelSelector } from '../../../cluster/api.ts';
import { shownKind } from '../../../cluster/custom-kind.ts';
import type { Kind, KindMap, KubeObject } from '../../../cluster/objects.ts';
import type { Answer, KubectlContext } from './context.ts';
import type { FlagTable, Flags } from './flags.ts';

/** One command line, read: what its verb works with. */
export interface Call {
  readonly context: KubectlContext;
  readonly api: KubeApi;
  /** Of `-n`, else the default. */
  readonly namespace: string;
  readonly flags: Flags;
  /** The words that are no flags, without the verb. */
  readonly args: readonly string[];
  /** Those of them that stand behind `--`; null where there is none. */
  readonly behindDash: readonly string[] | null;
  /** The verb as typed, with its second word where it has one: `rollout undo`. */
  readonly command: string;
  readonly answer: Answer;
  /** Unix time in ms. */
  readonly nowUnixMs: number;
}

/** Kinds that a verb takes, or all of them. */
type Kinds = readonly Kind[] | 'all kinds';

/** A row of the table of verbs. */
export interface Verb {
  readonly summary: string;
  /** What follows the verb, as help shows it. */
  readonly usage: string;
  readonly flags: FlagTable;
  /** What completion offers behind the verb. */
  readonly completes: Kinds | 'nothing';
  /** Second words, where the verb has some. */
  readonly verbs?: Readonly<Record<string, (call: Call) => void>>;
  readonly run: (call: Call) => void;
}

export function isAllNamespaces(call: Call): boolean {
  return call.flags.on('all-namespaces');
}

/** `Error from server (NotFound): pods "x" not found`. */
export function serverError(status: ApiStatus): string {
  return `Error from server (${status.reason}): ${status.message}`;
}

/** The objects of a kind under an owner, by owner references that say controller. */
export function controllerOf(object: KubeObject): { readonly kind: string; readonly name: string; readonly uid: string } | null {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true) ?? null;
}

/** Pods that a workload's or Service's selector selects, in order of their names. */
export function podsOf(api: KubeApi, namespace: string, selector: LabelSelector): readonly KindMap['Pod'][] {
  return api.list('Pod', namespace, selector);
}

/** `-n shop ` before an undo's own words, '' for kinds without a namespace. */
export function namespaceFlag(namespace: string): string {
  return namespace === '' ? '' : `-n ${namespace} `;
}

/** How the timeline names an object: `deployment/checkout`. */
export function targetName(kind: Kind, name: string): string {
  return `${shownKind(kind).toLowerCase()}/${name}`;
}
