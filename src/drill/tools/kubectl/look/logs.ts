import type { KindMap } from '../../../../cluster/objects.ts';
import { parseDurationMs, formatInstant } from '../../../../time/sim-time.ts';
import { podsOf, serverError, targetName } from '../call.ts';
import type { Call } from '../call.ts';
import type { LogQuery } from '../context.ts';
import { printedKind } from '../kinds.ts';
import { selectorOf } from '../selectors.ts';
import { findOne, labelSelector, readTargets } from '../targets.ts';

type Pod = KindMap['Pod'];

/** `kubectl logs`: what containers wrote, of one pod, of a workload's first (or every) pod, or of all that a selector finds. */
export function logs(call: Call): void {
  const { answer, args, flags } = call;
  if (flags.on('follow')) return answer.fail('error: following does not end here. Ask again without -f, or with --since=1m; every answer is up to date.');
  const query = readQuery(call);
  if (query === null) return;
  const selected = flags.given('selector');
  if (args.length === 0 && !selected) return answer.fail("error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples");
  if (selected && args.length > 0) return answer.fail('error: only a selector (-l) or a POD name is allowed');
  const pods = selected ? selectedPods(call) : namedPods(call);
  if (pods === null) return;
  if (pods.length === 0) return answer.print(`No resources found in ${call.namespace} namespace.`);
  for (const pod of pods) printPod(call, pod, selected && query.tail === null ? { ...query, tail: 10 } : query, selected || flags.on('all-pods'));
}

function readQuery(call: Call): LogQuery | null {
  const { answer, flags, context } = call;
  const tail = flags.value('tail');
  if (tail !== null && !/^-?\d{1,9}$/.test(tail)) {
    answer.fail(`error: invalid argument "${tail}" for "--tail" flag: strconv.ParseInt: parsing "${tail}": invalid syntax`);
    return null;
  }
  const since = flags.value('since');
  const sinceTime = flags.value('since-time');
  let sinceMs: number | null = null;
  if (since !== null) {
    sinceMs = parseDurationMs(since);
    if (sinceMs === null || sinceMs < 0 || since.includes('d')) {
      answer.fail(`error: invalid argument "${since}" for "--since" flag: time: invalid duration "${since}"; use such as 90s, 5m, 1h`);
      return null;
    }
  } else if (sinceTime !== null) {
    const atMs = Date.parse(sinceTime);
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(sinceTime) || Number.isNaN(atMs)) {
      answer.fail(`error: parsing time "${sinceTime}": use RFC 3339, such as ${formatInstant(call.nowUnixMs - 300_000)}`);
      return null;
    }
    sinceMs = Math.max(0, context.epochMs + context.nowMs - atMs);
  }
  return { previous: flags.on('previous'), sinceMs, tail: tail === null || Number(tail) < 0 ? null : Number(tail) };
}

function selectedPods(call: Call): readonly Pod[] | null {
  const selector = labelSelector(call);
  if (selector === null) return null;
  call.answer.observed({ kind: 'logs', target: 'pods', tool: 'kubectl logs' });
  return podsOf(call.api, call.namespace, selector);
}

function namedPods(call: Call): readonly Pod[] | null {
  const { answer, args } = call;
  const targets = readTargets(call.api, args.slice(0, 1), 'Pod');
  if ('error' in targets) {
    answer.fail(targets.error);
    return null;
  }
  const [target] = targets;
  if (target === undefined || target.name === null) return null;
  if (args.length > 2) {
    answer.fail("error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples");
    return null;
  }
  const object = findOne(call, target.kind, target.name);
  if (object === null) return null;
  answer.observed({ kind: 'logs', target: targetName(target.kind, target.name), tool: 'kubectl logs' });
  if (object.kind === 'Pod') return [object];
  const selector = selectorOf(object);
  if (selector === null) {
    answer.fail(`error: cannot get the logs from ${printedKind(object.kind)}/${target.name}: it selects no pods`);
    return null;
  }
  const pods = [...podsOf(call.api, call.namespace, selector)].sort((left, right) => Number(isRunning(right)) - Number(isRunning(left)));
  if (pods.length === 0) {
    answer.fail(`error: timed out waiting for the condition: ${printedKind(object.kind)}/${target.name} has no pods`);
    return null;
  }
  if (call.flags.on('all-pods')) return pods;
  if (pods.length > 1) answer.print(`Found ${pods.length} pods, using pod/${pods[0]?.metadata.name}`);
  return pods.slice(0, 1);
}

function isRunning(pod: Pod): boolean {
  return pod.status?.phase === 'Running' && pod.metadata.deletionTimestamp === undefined;
}

function printPod(call: Call, pod: Pod, query: LogQuery, many: boolean): void {
  const { answer, args, flags } = call;
  const names = (pod.spec?.containers ?? []).map(({ name }) => name);
  const asked = flags.value('container') ?? (flags.given('selector') ? undefined : args[1]);
  if (asked !== undefined && !names.includes(asked)) return answer.fail(`error: container ${asked} is not valid for pod ${pod.metadata.name}`);
  const chosen = flags.on('all-containers') ? names : [asked ?? names[0] ?? ''];
  if (asked === undefined && !flags.on('all-containers') && names.length > 1) answer.print(`Defaulted container "${names[0]}" out of: ${names.join(', ')}`);
  const prefixed = flags.on('prefix') || (many && flags.on('all-pods'));
  for (const name of chosen) {
    const trouble = whyNone(pod, name, query.previous);
    if (trouble !== null) {
      answer.fail(serverError({ code: 400, reason: 'BadRequest', message: trouble }));
      continue;
    }
    for (const line of call.context.logs(call.namespace, pod.metadata.name, name, query)) {
      const stamp = flags.on('timestamps') ? `${new Date(call.context.epochMs + line.atMs).toISOString().replace('Z', '000000Z')} ` : '';
      answer.print(`${prefixed ? `[pod/${pod.metadata.name}/${name}] ` : ''}${stamp}${line.text}`);
    }
  }
}

/** Why a container has no log to show, in the kubelet's words; null where it has one. */
function whyNone(pod: Pod, container: string, previous: boolean): string | null {
  const status = pod.status?.containerStatuses?.find(({ name }) => name === container);
  if (previous) return status?.lastState?.terminated === undefined ? `previous terminated container "${container}" in pod "${pod.metadata.name}" not found` : null;
  if (pod.spec?.nodeName === undefined) return `pod ${pod.metadata.name} does not have a host assigned`;
  const waiting = status === undefined ? 'ContainerCreating' : status.restartCount > 0 ? undefined : status.state?.waiting?.reason;
  if (waiting === undefined) return null;
  const why = waiting === 'ErrImagePull' || waiting === 'ImagePullBackOff' ? 'trying and failing to pull image' : waiting;
  return `container "${container}" in pod "${pod.metadata.name}" is waiting to start: ${why}`;
}
