import type { KindMap } from '../cluster/objects.ts';
import { notFound } from '../cluster/refusals.ts';
import type { LogLine } from '../cluster/signals/logs.ts';
import { formatInstant, type SimMs } from '../time/sim-time.ts';
import { badRequest, refused, text, type Answer, type Request } from './answer.ts';
import type { Projection } from './projection.ts';
import { wholeNumber, type Scope } from './reading.ts';
import type { ServedCluster } from './served-cluster.ts';

type Pod = KindMap['Pod'];

/** `pods/…/log`: what a container wrote, once, or on and on with `follow`. */
export function podLog(cluster: ServedCluster, projection: Projection, scope: Scope & { readonly name: string }, { query }: Request): Answer {
  const namespace = scope.namespace ?? '';
  const pod = cluster.store.get('Pod', namespace, scope.name);
  if (pod === undefined) return refused(notFound('Pod', scope.name).status);
  const previous = isTrue(query.get('previous'));
  const container = containerOf(pod, query.get('container') ?? '');
  if ('problem' in container) return badRequest(container.problem);
  const trouble = notStarted(pod, container.name, previous);
  if (trouble !== null) return badRequest(trouble);
  const wish = readWish(query, cluster, projection);
  if ('problem' in wish) return badRequest(wish.problem);
  const lines = (): readonly LogLine[] => cluster.podLogs(namespace, scope.name, previous, container.name);
  const print = ({ atMs, text: said }: LogLine): string => (wish.timestamps ? `${stamp(cluster, projection, atMs)} ${said}\n` : `${said}\n`);
  const chosen = chosenOf(lines(), wish);
  if (!isTrue(query.get('follow')) || previous) return text(200, cut(chosen.map(print).join(''), wish.limitBytes), 'text/plain');
  const { uid } = pod.metadata;
  const run = restartsOf(pod, container.name);
  return {
    kind: 'stream', type: 'text/plain',
    open: (push, end) => {
      for (const line of chosen) push(print(line));
      let lastMs = lines().at(-1)?.atMs ?? -Infinity;
      return {
        timeoutS: null,
        close: () => undefined,
        poll: () => {
          const now = cluster.store.get('Pod', namespace, scope.name);
          if (now === undefined || now.metadata.uid !== uid || restartsOf(now, container.name) !== run) return end();
          for (const line of lines()) if (line.atMs > lastMs) push(print(line));
          lastMs = Math.max(lastMs, lines().at(-1)?.atMs ?? -Infinity);
          if (now.status?.phase === 'Succeeded' || now.status?.phase === 'Failed') end();
        },
      };
    },
  };
}

function containerOf(pod: Pod, asked: string): { readonly name: string } | { readonly problem: string } {
  const names = (pod.spec?.containers ?? []).map(({ name }) => name);
  const init = (pod.spec?.initContainers ?? []).map(({ name }) => name);
  if (asked === '') {
    return names.length === 1 ? { name: names[0] as string } : { problem: `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]${init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : ''}` };
  }
  return names.includes(asked) || init.includes(asked) ? { name: asked } : { problem: `container ${asked} is not valid for pod ${pod.metadata.name}` };
}

type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

function statusOf(pod: Pod, container: string): Status | undefined {
  return [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(({ name }) => name === container);
}

function restartsOf(pod: Pod, container: string): number {
  return statusOf(pod, container)?.restartCount ?? 0;
}

/** Why there can be no lines yet; null where there can. */
function notStarted(pod: Pod, container: string, previous: boolean): string | null {
  const status = statusOf(pod, container);
  const { name } = pod.metadata;
  if (previous) return status?.lastState?.terminated === undefined ? `previous terminated container "${container}" in pod "${name}" not found` : null;
  const waiting = status?.state?.waiting;
  if (status === undefined) return pod.spec?.nodeName === undefined ? null : `container "${container}" in pod "${name}" is waiting to start: ContainerCreating`;
  if (waiting === undefined || status.lastState?.terminated !== undefined) return null;
  const tries = waiting.reason === 'ErrImagePull' || waiting.reason === 'ImagePullBackOff';
  return `container "${container}" in pod "${name}" is waiting to start: ${tries ? 'trying and failing to pull image' : (waiting.reason ?? 'ContainerCreating')}`;
}

interface Wish {
  readonly sinceMs: SimMs;
  readonly tail: number | null;
  readonly timestamps: boolean;
  readonly limitBytes: number | null;
}

function readWish(query: URLSearchParams, cluster: ServedCluster, projection: Projection): Wish | { readonly problem: string } {
  const tail = query.get('tailLines');
  const seconds = query.get('sinceSeconds');
  const limit = query.get('limitBytes');
  for (const [name, value] of [['tailLines', tail], ['sinceSeconds', seconds], ['limitBytes', limit]] as const) {
    if (wholeNumber(value) === null) return { problem: `PodLogOptions "" is invalid: ${name}: Invalid value: "${value ?? ''}": must be a whole number` };
  }
  const since = query.get('sinceTime');
  let sinceMs = seconds === null ? -Infinity : cluster.clock.nowMs - Number(seconds) * 1000;
  if (since !== null) {
    if (Number.isNaN(Date.parse(since))) return { problem: `parsing time "${since}": invalid` };
    sinceMs = cluster.clock.simMs(new Date(Date.parse(since) - projection.offsetMs).toISOString());
  }
  return { sinceMs, tail: tail === null ? null : Number(tail), timestamps: isTrue(query.get('timestamps')), limitBytes: limit === null ? null : Number(limit) };
}

function chosenOf(lines: readonly LogLine[], { sinceMs, tail }: Wish): readonly LogLine[] {
  const recent = lines.filter(({ atMs }) => atMs >= sinceMs);
  return tail === null ? recent : tail === 0 ? [] : recent.slice(-tail);
}

/** `2026-02-10T03:10:00.123000000Z` on the client's clock. */
function stamp({ clock }: ServedCluster, projection: Projection, atMs: SimMs): string {
  const millis = ((atMs % 1000) + 1000) % 1000;
  const second = formatInstant(Date.parse(clock.instant(atMs - millis)) + projection.offsetMs);
  return second.replace('Z', `.${String(millis).padStart(3, '0')}000000Z`);
}

function cut(whole: string, bytes: number | null): string {
  return bytes === null || whole.length <= bytes ? whole : whole.slice(0, bytes);
}

function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}
