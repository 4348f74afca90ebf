import type { KindMap, KubeObject } from '../../../../cluster/objects.ts';
import { formatInstant } from '../../../../time/sim-time.ts';
import { targetName } from '../call.ts';
import type { Call } from '../call.ts';
import { describeTemplate } from '../describe/pod.ts';
import { DescriptionWriter } from '../describe/writer.ts';
import { printedKind, printedPlural } from '../kinds.ts';
import { layOut } from '../layout/tab-writer.ts';
import { find, readTargets } from '../targets.ts';
import { currentRevision, revisionsOf, type Rolled } from './revisions.ts';
import { dryRunMark, sendPatch, slashed } from './write.ts';

type Deployment = KindMap['Deployment'];

/** `kubectl rollout status|history|undo|restart|pause|resume`. */
export const ROLLOUT_VERBS = {
  status: (call) => each(call, status),
  history: (call) => each(call, history),
  undo: (call) => each(call, undo),
  restart: (call) => each(call, restart),
  pause: (call) => each(call, (of, object) => setPaused(of, object, true)),
  resume: (call) => each(call, (of, object) => setPaused(of, object, false)),
} satisfies Readonly<Record<string, (call: Call) => void>>;

function each(call: Call, run: (call: Call, object: Rolled) => void): void {
  const { answer, args, flags } = call;
  if (args.length === 0) return answer.fail('error: required resource not specified');
  const targets = readTargets(call.api, args);
  if ('error' in targets) return answer.fail(targets.error);
  const unfit = targets.find(({ kind }) => kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet');
  if (unfit !== undefined) {
    const [, what = 'roll out'] = call.command.split(' ');
    return answer.fail(`error: ${printedPlural(unfit.kind)} "${unfit.name ?? '*'}": ${what} is not supported`);
  }
  if (targets.some(({ name }) => name === null) && !flags.given('selector') && call.command !== 'rollout restart') return answer.fail('error: required resource not specified');
  for (const group of find(call, targets) ?? []) for (const object of group.objects as readonly Rolled[]) run(call, object);
}

/** Where a roll-out stands now; real kubectl would wait and say so again and again. */
function status(call: Call, object: Rolled): void {
  call.answer.observed({ kind: 'state', target: targetName(object.kind, object.metadata.name), tool: 'kubectl rollout status' });
  if (object.kind === 'StatefulSet') call.answer.print(statefulSetStatus(object));
  else if (object.kind === 'DaemonSet') call.answer.print(daemonSetStatus(object));
  else deploymentStatus(call, object);
}

function deploymentStatus({ answer }: Call, { metadata, spec, status: now }: Deployment): void {
  const { name } = metadata;
  const desired = spec?.replicas ?? 1;
  const updated = now?.updatedReplicas ?? 0;
  const total = now?.replicas ?? 0;
  const available = now?.availableReplicas ?? 0;
  if ((metadata.generation ?? 0) > (now?.observedGeneration ?? 0)) return answer.print('Waiting for deployment spec update to be observed...');
  if (now?.conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded') === true) return answer.badNews(`error: deployment "${name}" exceeded its progress deadline`);
  const waiting = `Waiting for deployment "${name}" rollout to finish:`;
  if (updated < desired) answer.print(`${waiting} ${updated} out of ${desired} new replicas have been updated...`);
  else if (total > updated) answer.print(`${waiting} ${total - updated} old replicas are pending termination...`);
  else if (available < updated) answer.print(`${waiting} ${available} of ${updated} updated replicas are available...`);
  else answer.print(`deployment "${name}" successfully rolled out`);
}

function statefulSetStatus({ metadata, spec, status: now }: KindMap['StatefulSet']): string {
  const desired = spec?.replicas ?? 1;
  if ((metadata.generation ?? 0) > (now?.observedGeneration ?? 0)) return 'Waiting for statefulset spec update to be observed...';
  if ((now?.readyReplicas ?? 0) < desired) return `Waiting for ${desired - (now?.readyReplicas ?? 0)} pods to be ready...`;
  if (now?.updateRevision !== now?.currentRevision) return `waiting for statefulset rolling update to complete ${now?.updatedReplicas ?? 0} pods at revision ${now?.updateRevision ?? ''}...`;
  return `statefulset rolling update complete ${now?.currentReplicas ?? desired} pods at revision ${now?.currentRevision ?? ''}...`;
}

function daemonSetStatus({ metadata, status: now }: KindMap['DaemonSet']): string {
  const { desiredNumberScheduled: desired = 0, updatedNumberScheduled: updated = 0, numberAvailable: available = 0, observedGeneration = 0 } = now ?? {};
  const waiting = `Waiting for daemon set "${metadata.name}" rollout to finish:`;
  if ((metadata.generation ?? 0) > observedGeneration) return 'Waiting for daemon set spec update to be observed...';
  if (updated < desired) return `${waiting} ${updated} out of ${desired} new pods have been updated...`;
  if (available < desired) return `${waiting} ${available} of ${desired} updated pods are available...`;
  return `daemon set "${metadata.name}" successfully rolled out`;
}

/** Revisions are changes of what runs: reading them is reading changes. */
function history(call: Call, object: Rolled): void {
  const { answer, flags } = call;
  answer.observed({ kind: 'changes', target: targetName(object.kind, object.metadata.name), tool: 'kubectl rollout history' });
  const revisions = revisionsOf(call, object);
  const wanted = flags.value('revision');
  const head = `${printedKind(object.kind)}/${object.metadata.name}`;
  if (wanted !== null && wanted !== '0') {
    const found = revisions.find(({ number }) => number === Number(wanted));
    if (found === undefined) return answer.fail('error: unable to find the specified revision');
    const writer = new DescriptionWriter();
    describeTemplate(writer, found.template);
    return answer.print(`${head} with revision #${wanted}`, ...writer.lines());
  }
  if (revisions.length === 0) return answer.print(head, 'No rollout history found.');
  const rows = revisions.map(({ number, cause }) => `${number}\t${cause}`);
  answer.print(head, ...layOut(['REVISION\tCHANGE-CAUSE', ...rows].join('\n'), { minimum: 0, padding: 2 }), '');
}

function undo(call: Call, object: Rolled): void {
  const { answer, flags } = call;
  const { name } = object.metadata;
  const wanted = flags.value('to-revision') ?? '0';
  if (!/^\d{1,9}$/.test(wanted)) return answer.fail(`error: invalid argument "${wanted}" for "--to-revision" flag: strconv.ParseInt: parsing "${wanted}": invalid syntax`);
  if (object.kind === 'Deployment' && object.spec?.paused === true) return answer.fail(`error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume deployment/${name}' and try again`);
  const revisions = revisionsOf(call, object);
  const current = currentRevision(object, revisions);
  const target = wanted === '0' ? revisions.findLast(({ number }) => number < current) : revisions.find(({ number }) => number === Number(wanted));
  if (target === undefined) return answer.fail(wanted === '0' ? `error: no rollout history found for ${object.kind.toLowerCase()} "${name}"` : `error: unable to find specified revision ${wanted} in history`);
  const head = `${printedKind(object.kind)}/${name}`;
  if (target.number === current) return answer.print(`${head} skipped rollback (current template already matches revision ${current})`);
  const written = sendPatch(call, object, { type: 'json', body: [{ op: 'replace', path: '/spec/template', value: target.template }] }, {
    undoClass: object.kind === 'StatefulSet' ? 'U3' : 'U1', undo: ['rollout', 'undo', slashed(object), `--to-revision=${current}`],
  });
  if (written !== null) answer.print(`${head} rolled back${dryRunMark(call)}`);
}

/** Restarting takes nothing away that the API could give back; what a stateful set held in memory is gone. */
function restart(call: Call, object: Rolled): void {
  const { answer } = call;
  if (object.kind === 'Deployment' && object.spec?.paused === true) return answer.fail(`error: deployments.apps "${object.metadata.name}" can't restart paused deployment (run rollout resume first)`);
  const annotations = { 'kubectl.kubernetes.io/restartedAt': formatInstant(call.nowUnixMs) };
  const written = sendPatch(call, object, { type: 'merge', body: { spec: { template: { metadata: { annotations } } } } }, { undoClass: object.kind === 'StatefulSet' ? 'U3' : 'U1' });
  if (written !== null) answer.print(`${printedKind(object.kind)}/${object.metadata.name} restarted${dryRunMark(call)}`);
}

function setPaused(call: Call, object: Rolled, paused: boolean): void {
  const { answer } = call;
  const head = `${printedKind(object.kind)}/${object.metadata.name}`;
  if (object.kind !== 'Deployment') return answer.fail(`error: ${head}: ${paused ? 'pausing' : 'resuming'} is not supported`);
  if ((object.spec?.paused ?? false) === paused) return answer.fail(`error: deployments.apps "${object.metadata.name}" is ${paused ? 'already paused' : 'not paused'}`);
  const written: KubeObject | null = sendPatch(call, object, { type: 'merge', body: { spec: { paused: paused ? true : null } } }, {
    undoClass: 'U1', undo: ['rollout', paused ? 'resume' : 'pause', slashed(object)],
  });
  if (written !== null) answer.print(`${head} ${paused ? 'paused' : 'resumed'}${dryRunMark(call)}`);
}
