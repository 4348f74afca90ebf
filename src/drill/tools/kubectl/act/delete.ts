import type { ApiStatus, DeleteOptions } from '../../../../cluster/api.ts';
import type { KindMap, KubeObject } from '../../../../cluster/objects.ts';
import { controllerOf } from '../call.ts';
import type { Call } from '../call.ts';
import { printedKind } from '../kinds.ts';
import { nothingFound } from '../look/get.ts';
import { find, readTargets } from '../targets.ts';
import { dryRunMark, send, without } from './write.ts';
import type { WayBack } from './write.ts';

/** `kubectl delete`: what is gone can be created again by `restore`, unless a controller replaces it anyway. */
export function deleteObjects(call: Call): void {
  const { answer, args, flags } = call;
  if (flags.given('filename')) return answer.fail('error: there are no files here. Name what to delete: kubectl delete TYPE NAME');
  if (args.length === 0) return answer.fail('error: You must provide one or more resources by argument or filename.');
  const targets = readTargets(call.api, args);
  if ('error' in targets) return answer.fail(targets.error);
  if (targets.some(({ name }) => name === null) && !flags.on('all') && !flags.given('selector') && !flags.given('field-selector')) {
    return answer.fail('error: resource(s) were provided, but no name was specified');
  }
  const options = readOptions(call);
  if (options === null) return;
  if (options.gracePeriodSeconds === 0) answer.print('Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.');
  const found = find(call, targets) ?? [];
  const objects = found.flatMap((group) => group.objects as readonly KubeObject[]);
  if (objects.length === 0 && answer.empty) return answer.print(nothingFound(call, true));
  const done = flags.on('force') ? 'force deleted' : 'deleted';
  for (const object of objects) {
    if (deleteOne(call, object, options)) answer.print(`${printedKind(object.kind)} "${object.metadata.name}" ${done}${dryRunMark(call)}`);
  }
}

function readOptions(call: Call): DeleteOptions | null {
  const { answer, flags } = call;
  const grace = flags.value('grace-period');
  if (grace !== null && !/^-?\d{1,6}$/.test(grace)) {
    answer.fail(`error: invalid argument "${grace}" for "--grace-period" flag: strconv.ParseInt: parsing "${grace}": invalid syntax`);
    return null;
  }
  if (grace === '0' && !flags.on('force')) {
    answer.fail('error: --grace-period=0 deletes without waiting, and needs --force as well');
    return null;
  }
  const cascade = flags.value('cascade');
  const propagation = cascade === 'orphan' || cascade === 'false' ? 'Orphan' : cascade === 'foreground' ? 'Foreground' : 'Background';
  const seconds = flags.on('force') ? 0 : flags.on('now') ? 1 : grace === null || Number(grace) < 0 ? null : Number(grace);
  return { propagation, ...(seconds === null ? {} : { gracePeriodSeconds: seconds }) };
}

/** Deletes one object; true where the server took it. */
function deleteOne(call: Call, object: KubeObject, options: DeleteOptions): boolean {
  const ref = { kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
  return send(call, object, 'delete', wayBack(object), (write) => call.api.delete(ref, { ...options, ...write })) !== null;
}

/** Evicts one pod; true where its disruption budget let it go. */
export function evictOne(call: Call, pod: KindMap['Pod']): boolean {
  const { name, namespace = '' } = pod.metadata;
  const say = ({ message }: ApiStatus): string => `error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${message}`;
  return send(call, pod, 'delete', wayBack(pod), (write) => call.api.evict({ namespace, name }, write), say) !== null;
}

/** A namespace takes with it what nobody can name any more; what a controller owns comes back by itself, with its work lost. */
function wayBack(object: KubeObject): WayBack {
  if (object.kind === 'Namespace') return { undoClass: 'U4' };
  if (controllerOf(object) !== null) return { undoClass: 'U3' };
  return { undoClass: 'U2', restore: withoutHistory(object) };
}

/** The object as it would be applied anew: without what the server had written into it. */
function withoutHistory(object: KubeObject): KubeObject {
  const { status: _status, ...rest } = object as KubeObject & { readonly status?: unknown };
  return { ...rest, metadata: without(rest.metadata, SERVER_FIELDS) };
}

const SERVER_FIELDS = ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields', 'selfLink'];
