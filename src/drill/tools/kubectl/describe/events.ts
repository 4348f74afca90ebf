import type { KindMap, KubeObject } from '../../../../cluster/objects.ts';
import type { Call } from '../call.ts';
import { age } from '../../../../cluster/printers/age.ts';
import { byLastSeen } from '../look/get.ts';
import { lastSeen } from '../../../../cluster/printers/tables.ts';
import type { DescriptionWriter } from './writer.ts';

/** The Events section at the end of a description: those of this very object, oldest first. */
export function describeEvents(call: Call, object: KubeObject, writer: DescriptionWriter): void {
  const events = byLastSeen(eventsOf(call, object));
  if (events.length === 0) return writer.row(0, 'Events:', '<none>');
  writer.row(0, 'Events:');
  writer.row(1, 'Type', 'Reason', 'Age', 'From', 'Message');
  writer.row(1, '----', '------', '----', '----', '-------');
  for (const event of events) {
    const from = event.source?.component ?? event.reportingComponent ?? '';
    writer.row(1, event.type ?? 'Normal', event.reason ?? '', interval(event, call.nowUnixMs), from, (event.message ?? '').trim());
  }
}

/** Events about an object. A node's are kept in `default`. */
function eventsOf(call: Call, object: KubeObject): readonly KindMap['Event'][] {
  return call.api.list('Event', object.metadata.namespace ?? 'default').filter(({ involvedObject }) => {
    const sameUid = involvedObject.uid === undefined || object.kind === 'Node' || involvedObject.uid === object.metadata.uid;
    return involvedObject.kind === object.kind && involvedObject.name === object.metadata.name && sameUid;
  });
}

/** `2m`, or `2m (x5 over 10m)` for one that came again. */
export function interval(event: KindMap['Event'], nowUnixMs: number): string {
  const count = event.series?.count ?? event.count ?? 1;
  const last = age(lastSeen(event), nowUnixMs);
  return count > 1 ? `${last} (x${count} over ${age(event.firstTimestamp ?? event.eventTime ?? lastSeen(event), nowUnixMs)})` : last;
}
