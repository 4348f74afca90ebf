import type { KindMap } from '../../cluster/objects.ts';
import { invalid, notFound } from '../../cluster/refusals.ts';
import type { LogLine } from '../../cluster/signals/logs.ts';
import { formatInstant, type SimMs } from '../../time/sim-time.ts';
import { badRequest, failure, refused, text, type Answer, type OpenStream, type Request } from '../answer.ts';
import { readLogOptions, type LogOptions } from './log-options.ts';
import { unreachable, kubeletAddress } from './node-reach.ts';
import { containerOf, containerStatus } from './pod-container.ts';
import type { Projection } from '../reading/projection.ts';
import { flag } from '../query-flag.ts';
import type { Scope } from '../reading/reading.ts';
import type { ServedCluster } from '../served-cluster.ts';

type Pod = KindMap['Pod'];

/** `pods/…/log`: what a container wrote, once, or on and on with `follow`. */
export function podLog(cluster: ServedCluster, projection: Projection, scope: Scope & { readonly name: string }, { query }: Request): Answer {
  const namespace = scope.namespace ?? '';
  const pod = cluster.store.get('Pod', namespace, scope.name);
  if (pod === undefined) return refused(notFound('Pod', scope.name).status);
  const options = readLogOptions(query, cluster.clock, projection);
  if ('problem' in options) return badRequest(options.problem);
  if ('errors' in options) return failure({ ...invalid('Pod', scope.name, options.errors).status, message: `PodLogOptions "${scope.name}" is invalid: ${options.errors.join(', ')}` });
  const container = containerOf(pod, query.get('container') ?? '');
  if ('problem' in container) return badRequest(container.problem);
  const { name } = container;
  const node = pod.spec?.nodeName ?? '';
  if (node === '') return text(200, '', 'text/plain');
  const trouble = unreachable(cluster, node);
  if (trouble !== null) return failure({ code: 500, reason: 'InternalError', message: `Get "https://${kubeletAddress(cluster, node)}/containerLogs/${namespace}/${scope.name}/${name}": ${trouble}` });
  const problem = notStarted(pod, name, options.previous);
  if (problem !== null) return badRequest(problem);
  // A container that waits to run again has its last run for the present one, and for the one before as well.
  const before = options.previous && containerStatus(pod, name)?.state?.waiting === undefined;
  const lines = (): readonly LogLine[] => cluster.podLogs(namespace, scope.name, before, name);
  const print = ({ atMs, text: said }: LogLine): string => (options.timestamps ? `${stamp(cluster, projection, atMs)} ${said}\n` : `${said}\n`);
  const chosen = chosenOf(lines(), options);
  if (!flag(query, 'follow') || options.previous) return text(200, cut(chosen.map(print).join(''), options.limitBytes), 'text/plain');
  return { kind: 'stream', type: 'text/plain', open: following({ lines, print, chosen, options, isOver: () => !runsOn(cluster, pod, name) }) };
}

interface Followed {
  readonly lines: () => readonly LogLine[];
  readonly print: (line: LogLine) => string;
  /** What is said at the beginning. */
  readonly chosen: readonly LogLine[];
  readonly options: LogOptions;
  readonly isOver: () => boolean;
}

/** Says what is there, then what comes, until the container's run is over or as much is said as was asked for. */
function following({ lines, print, chosen, options, isOver }: Followed): OpenStream {
  return (push, end) => {
    let left = options.limitBytes;
    const say = (said: string): void => {
      const some = cut(said, left);
      if (left !== null) left -= new TextEncoder().encode(some).length;
      if (some !== '') push(some);
      if (left === 0) end();
    };
    for (const line of chosen) say(print(line));
    let lastMs = lines().at(-1)?.atMs ?? -Infinity;
    const poll = (): void => {
      const over = isOver();
      const now = lines();
      for (const line of now) if (line.atMs > lastMs) say(print(line));
      lastMs = Math.max(lastMs, now.at(-1)?.atMs ?? -Infinity);
      if (over) end();
    };
    if (isOver()) end();
    return { timeoutS: null, close: () => undefined, poll };
  };
}

/** Whether the run of a container that was there for `pod` still goes on. */
function runsOn({ store }: ServedCluster, pod: Pod, container: string): boolean {
  const now = store.get('Pod', pod.metadata.namespace ?? '', pod.metadata.name);
  if (now === undefined || now.metadata.uid !== pod.metadata.uid) return false;
  const [then, status] = [containerStatus(pod, container), containerStatus(now, container)];
  return status?.state?.running !== undefined && status.restartCount === then?.restartCount;
}

/** Why there can be no lines yet; null where there can. Words of `validateContainerLogStatus` in pkg/kubelet. */
function notStarted(pod: Pod, container: string, previous: boolean): string | null {
  const status = containerStatus(pod, container);
  const { name } = pod.metadata;
  if (previous) return status?.lastState?.terminated === undefined ? `previous terminated container "${container}" in pod "${name}" not found` : null;
  const waiting = status?.state?.waiting;
  if (status !== undefined && (waiting === undefined || status.lastState?.terminated !== undefined)) return null;
  return `container "${container}" in pod "${name}" is waiting to start: ${WAITING[waiting?.reason ?? ''] ?? waiting?.reason ?? 'ContainerCreating'}`;
}

const WAITING: Readonly<Record<string, string>> = { ErrImagePull: "image can't be pulled", ImagePullBackOff: 'trying and failing to pull image' };

function chosenOf(lines: readonly LogLine[], { sinceMs, tail }: LogOptions): readonly LogLine[] {
  const recent = lines.filter(({ atMs }) => atMs >= sinceMs);
  return tail === null ? recent : tail === 0 ? [] : recent.slice(-tail);
}

/** `2026-02-10T03:10:00.123000000Z` on the client's clock. */
function stamp({ clock }: ServedCluster, projection: Projection, atMs: SimMs): string {
  const millis = ((atMs % 1000) + 1000) % 1000;
  const second = formatInstant(Date.parse(clock.instant(atMs - millis)) + projection.offsetMs);
  return second.replace('Z', `.${String(millis).padStart(3, '0')}000000Z`);
}

/** The characters that are whole within so many bytes. */
function cut(whole: string, bytes: number | null): string {
  if (bytes === null || whole.length * 3 <= bytes) return whole;
  const encoded = new TextEncoder().encode(whole);
  let end = Math.min(bytes, encoded.length);
  while (end > 0 && end < encoded.length && ((encoded[end] as number) & 0xc0) === 0x80) end--;
  return new TextDecoder().decode(encoded.subarray(0, end));
}
