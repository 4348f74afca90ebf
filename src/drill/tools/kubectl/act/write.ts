import type { ApiResult, ApiStatus, Patch, WriteOptions } from '../../../../cluster/api.ts';
import { resourceOf } from '../../../../cluster/custom-kind.ts';
import type { KubeObject } from '../../../../cluster/objects.ts';
import type { UndoClass } from '../../../../journal/timeline.ts';
import { quoteWord } from '../../words.ts';
import { readPath } from '../../../../cluster/printers/fields.ts';
import { namespaceFlag, serverError } from '../call.ts';
import type { Call } from '../call.ts';
import type { KubectlWrite } from '../context.ts';

/** What one machine still simulates at a drill's pace. The API itself would take any number. */
const MOST_REPLICAS = 1000;

/** How a write is taken back. */
export interface WayBack {
  readonly undoClass: UndoClass;
  /** Words behind `kubectl`, without the namespace. */
  readonly undo?: readonly string[] | null;
  readonly restore?: KubeObject | null;
}

/**
 * Sends one write about `object`, tells its error, and lists it for the timeline. Null where it was refused.
 * `--dry-run` only tries, and lists nothing. `say` words the error.
 */
export function send(
  call: Call, object: KubeObject, verb: KubectlWrite['verb'], back: WayBack, write: (options: WriteOptions) => ApiResult<KubeObject>, say: (status: ApiStatus) => string = serverError,
): KubeObject | null {
  const { answer } = call;
  const namespace = object.metadata.namespace ?? '';
  const userTries = isDryRun(call);
  const result = write({ dryRun: userTries || call.context.tryOnly === true });
  if (!userTries) {
    answer.wrote({
      verb, resource: resourceOf(object.kind).plural, namespace, name: object.metadata.name,
      code: result.ok ? 200 : result.status.code,
      undoClass: back.undoClass,
      undo: result.ok && back.undo != null ? `kubectl ${namespaceFlag(namespace)}${back.undo.map(quoteWord).join(' ')}` : null,
      restore: result.ok ? (back.restore ?? null) : null,
    });
  } else {
    answer.observed({ kind: 'state', target: `${object.kind.toLowerCase()}/${object.metadata.name}`, tool: `kubectl ${call.command} --dry-run` });
  }
  if (result.ok) return result.object;
  answer.fail(say(result.status));
  return null;
}

export function sendPatch(call: Call, object: KubeObject, patch: Patch, back: WayBack): KubeObject | null {
  const ref = { kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
  const tried = call.api.patch(ref, patch, { dryRun: true });
  const replicas = tried.ok ? Number(readPath(tried.object, 'spec.replicas') ?? 0) : 0;
  if (replicas > MOST_REPLICAS) {
    call.answer.fail(`error: ${replicas} replicas are more than this cluster can be given at once. Ask for at most ${MOST_REPLICAS}.`);
    return null;
  }
  return send(call, object, 'patch', back, (options) => call.api.patch(ref, patch, options));
}

function isDryRun(call: Call): boolean {
  const value = call.flags.value('dry-run');
  return value !== null && value !== 'none' && value !== 'false';
}

/** What kubectl writes behind the line of a write that was only tried. */
export function dryRunMark(call: Call): string {
  if (!isDryRun(call)) return '';
  return call.flags.value('dry-run') === 'server' ? ' (server dry run)' : ' (dry run)';
}

/** `deployment/checkout`, as undo lines name an object. */
export function slashed(object: KubeObject): string {
  return `${resourceOf(object.kind).singular}/${object.metadata.name}`;
}

/** Metadata without some of its fields. */
export function without(metadata: KubeObject['metadata'], fields: readonly string[]): KubeObject['metadata'] {
  return Object.fromEntries(Object.entries(metadata).filter(([field]) => !fields.includes(field))) as KubeObject['metadata'];
}
