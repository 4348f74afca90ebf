import { isAllNamespaces, targetName } from '../call.ts';
import type { Call } from '../call.ts';
import { interval } from '../describe/events.ts';
import { table } from '../layout/tab-writer.ts';
import { eventObject } from '../../../../cluster/printers/tables.ts';
import { readTargets } from '../targets.ts';
import { byLastSeen } from './get.ts';

/** `kubectl events`: what the cluster says happened, oldest first; `--for` one object, `--types` of some types. */
export function events(call: Call): void {
  const { answer, flags } = call;
  if (flags.on('watch')) return answer.fail('error: watching does not end here. Ask again without --watch; every answer is up to date.');
  const about = flags.value('for');
  const targets = about === null ? [] : readTargets(call.api, [about]);
  if ('error' in targets) return answer.fail(targets.error);
  const [target] = targets;
  if (about !== null && (target === undefined || target.name === null)) return answer.fail('error: --for must be in resource/name form');
  const types = flags.values('types').flatMap((text) => text.split(',')).map((type) => type.toLowerCase());
  const wrong = types.find((type) => type !== 'normal' && type !== 'warning');
  if (wrong !== undefined) return answer.fail(`error: valid --types are Normal or Warning, not "${wrong}"`);
  const found = byLastSeen(call.api.list('Event', isAllNamespaces(call) ? null : target?.kind === 'Node' ? 'default' : call.namespace)
    .filter(({ type }) => types.length === 0 || types.includes((type ?? 'Normal').toLowerCase()))
    .filter(({ involvedObject }) => target === undefined || (involvedObject.kind === target.kind && involvedObject.name === target.name)));
  answer.observed({ kind: 'state', target: target === undefined ? 'events' : targetName(target.kind, target.name ?? ''), tool: 'kubectl events' });
  if (found.length === 0) return answer.print(isAllNamespaces(call) ? 'No events found.' : `No events found in ${call.namespace} namespace.`);
  const head = ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'];
  const rows = found.map((event) => [
    interval(event, call.nowUnixMs), event.type ?? 'Normal', event.reason ?? '', capitalised(eventObject(event), event.involvedObject.kind), (event.message ?? '').trim(),
  ]);
  if (isAllNamespaces(call)) {
    head.unshift('NAMESPACE');
    for (const [at, event] of found.entries()) rows[at]?.unshift(event.metadata.namespace ?? '');
  }
  answer.print(...table(flags.on('no-headers') ? null : head, rows));
}

/** `Pod/name`, as this command writes it where `get events` writes `pod/name`. */
function capitalised(object: string, kind: string | undefined): string {
  return `${kind ?? ''}${object.slice(object.indexOf('/'))}`;
}
