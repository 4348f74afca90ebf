import { resourceOf } from '../../../../cluster/custom-kind.ts';
import type { KubeObject } from '../../../../cluster/objects.ts';
import type { Call } from '../call.ts';
import { printedKind } from '../kinds.ts';
import { readPath } from '../../../../cluster/printers/fields.ts';
import { find, readTargets } from '../targets.ts';
import { dryRunMark, sendPatch, slashed } from './write.ts';

/** `kubectl scale --replicas=N`: the way back is the number before. */
export function scale(call: Call): void {
  const { answer, flags } = call;
  const count = flags.value('replicas');
  if (count === null) return answer.fail('error: required flag(s) "replicas" not set');
  if (!/^\d{1,9}$/.test(count)) return answer.fail('error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  const expected = flags.value('current-replicas');
  for (const object of workloads(call) ?? []) {
    const before = Number(readPath(object, 'spec.replicas') ?? 1);
    if (expected !== null && expected !== '-1' && Number(expected) !== before) {
      answer.fail(`error: Expected replicas to be ${expected}, was ${before}`);
      continue;
    }
    const written = sendPatch(call, object, { type: 'merge', body: { spec: { replicas: Number(count) } } }, {
      undoClass: 'U1', undo: ['scale', slashed(object), `--replicas=${before}`],
    });
    if (written !== null) answer.print(`${printedKind(object.kind)}/${object.metadata.name} scaled${dryRunMark(call)}`);
  }
}

function workloads(call: Call): readonly KubeObject[] | null {
  const { answer, args, flags } = call;
  if (args.length === 0) {
    answer.fail('error: resource(s) were provided, but no name was specified');
    return null;
  }
  const targets = readTargets(call.api, args);
  if ('error' in targets) {
    answer.fail(targets.error);
    return null;
  }
  if (targets.some(({ name }) => name === null) && !flags.on('all') && !flags.given('selector')) {
    answer.fail('error: resource(s) were provided, but no name was specified');
    return null;
  }
  const unscalable = targets.find(({ kind }) => !['Deployment', 'ReplicaSet', 'StatefulSet'].includes(kind));
  if (unscalable !== undefined) {
    answer.fail(`error: ${resourceOf(unscalable.kind).plural} cannot be scaled. Scale a deployment, replicaset or statefulset.`);
    return null;
  }
  return (find(call, targets) ?? []).flatMap(({ objects }) => objects as readonly KubeObject[]);
}
