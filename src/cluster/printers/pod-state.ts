import type { KindMap } from '../objects.ts';
import { age } from './age.ts';

type Pod = KindMap['Pod'];
type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** The STATUS column of a pod: its phase, unless a container or a deletion says something more telling. As kubectl's printPod. */
export function podStatus(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return pod.status?.reason === 'NodeLost' ? 'Unknown' : 'Terminating';
  const initializing = initReason(pod);
  if (initializing !== null) return initializing;
  let reason = pod.status?.reason ?? pod.status?.phase ?? 'Unknown';
  let running = false;
  for (const status of (pod.status?.containerStatuses ?? []).toReversed()) {
    const waiting = status.state?.waiting?.reason;
    const terminated = status.state?.terminated;
    if (waiting !== undefined && waiting !== '') reason = waiting;
    else if (terminated !== undefined) reason = endReason(terminated);
    else if (status.ready && status.state?.running !== undefined) running = true;
  }
  if (reason === 'Completed' && running) return isReady(pod) ? 'Running' : 'NotReady';
  return reason;
}

function initReason(pod: Pod): string | null {
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [at, status] of statuses.entries()) {
    const terminated = status.state?.terminated;
    if (terminated?.exitCode === 0) continue;
    if (terminated !== undefined) return `Init:${endReason(terminated)}`;
    const waiting = status.state?.waiting?.reason;
    if (waiting !== undefined && waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${at}/${pod.spec?.initContainers?.length ?? statuses.length}`;
  }
  return null;
}

function endReason(terminated: { readonly reason?: string; readonly exitCode: number; readonly signal?: number }): string {
  if (terminated.reason !== undefined && terminated.reason !== '') return terminated.reason;
  return (terminated.signal ?? 0) !== 0 ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
}

function isReady(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some((condition) => condition.type === 'Ready' && condition.status === 'True');
}

/** The READY column: containers ready of containers there are. */
export function readyContainers(pod: Pod): string {
  const ready = (pod.status?.containerStatuses ?? []).filter((status) => status.ready && status.state?.running !== undefined).length;
  return `${ready}/${pod.spec?.containers.length ?? 0}`;
}

/** The RESTARTS column: `3 (2m ago)`. */
export function restarts(pod: Pod, nowUnixMs: number): string {
  const statuses: readonly Status[] = pod.status?.containerStatuses ?? [];
  const count = statuses.reduce((sum, status) => sum + status.restartCount, 0);
  let last: string | undefined;
  for (const status of statuses) {
    const finished = status.lastState?.terminated?.finishedAt;
    if (finished !== undefined && (last === undefined || Date.parse(finished) > Date.parse(last))) last = finished;
  }
  return count === 0 || last === undefined ? String(count) : `${count} (${age(last, nowUnixMs)} ago)`;
}
