import type { Agenda } from '../../time/agenda.ts';
import { Die } from '../../time/dice.ts';
import { HOUR_MS, MINUTE_MS, type SimMs } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { EventRecorder } from '../event-recorder.ts';
import { sayStarted } from '../kubelet/start-events.ts';
import type { KindMap } from '../objects.ts';
import { isReady } from '../pods.ts';
import type { ObjectStore } from '../store.ts';
import type { ChangeLog } from './change-log.ts';

interface World {
  readonly agenda: Agenda<AgendaEntry>;
  readonly seed: number;
  readonly store: ObjectStore;
  readonly events: EventRecorder;
  readonly changes: ChangeLog;
}

/** Events live an hour: what was before that nobody sees. */
const FROM_MS: SimMs = -HOUR_MS + MINUTE_MS;
const UNTIL_MS: SimMs = 3 * HOUR_MS;

/**
 * Events that any cluster writes on any day, by dice of their own: a kubelet that was restarted for its new configuration, a
 * lease that changed hands; where there is `much`, a probe that timed out once and images that could not be cleaned up.
 * They touch no object but the Event itself.
 */
export function writeRoutineEvents(world: World, much: boolean): void {
  const die = new Die(world.seed, 'routine-events');
  const at = (fromMs: SimMs, untilMs: SimMs, due: () => void): void => void world.agenda.add(Math.round(die.between(fromMs, untilMs)), { due });
  at(FROM_MS, -8 * MINUTE_MS, () => kubeletRestarted(world, die));
  for (let nth = 0; nth < 2; nth++) at(FROM_MS, UNTIL_MS, () => ledAnew(world, die));
  if (!much) return;
  for (let nth = 0; nth < 5; nth++) at(FROM_MS, UNTIL_MS, () => probeTimedOut(world, die));
  for (let nth = 0; nth < 2; nth++) at(FROM_MS, UNTIL_MS, () => imagesKept(world, die));
}

/** A kubelet's first words after its start: its node and pods are as they were. */
function kubeletRestarted({ store, events, changes, agenda }: World, die: Die): void {
  const nodes = store.list('Node', null);
  if (nodes.length === 0) return;
  const node = die.pick(nodes);
  const { name } = node.metadata;
  changes.add({ atMs: agenda.nowMs, who: 'platform', what: `node/${name}: kubelet restarted with its new configuration` });
  sayStarted(events, node);
}

function ledAnew({ store, events }: World, die: Die): void {
  const component = die.pick(['kube-controller-manager', 'kube-scheduler', 'cluster-autoscaler']);
  const lease: KindMap['Lease'] = store.get('Lease', 'kube-system', component) ?? { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: component, namespace: 'kube-system' } };
  const holder = `control-plane-${1 + die.roll(3)}_${hex(die, 8)}-${hex(die, 4)}-4${hex(die, 3)}-a${hex(die, 3)}-${hex(die, 12)}`;
  events.record(lease, 'Normal', 'LeaderElection', `${holder} became leader`, { component });
}

/** One of a probe's many tries found its pod busy; it takes three to matter. */
function probeTimedOut({ store, events }: World, die: Die): void {
  const probed = store.list('Pod', null).filter((pod) => isReady(pod) && pod.spec?.containers[0]?.readinessProbe?.httpGet !== undefined);
  if (probed.length === 0) return;
  const pod = die.pick(probed);
  const container = pod.spec?.containers[0];
  const { path = '/', port = 80 } = container?.readinessProbe?.httpGet ?? {};
  const number = typeof port === 'number' ? port : (container?.ports?.find(({ name }) => name === port)?.containerPort ?? 80);
  events.record(pod, 'Warning', 'Unhealthy', `Readiness probe failed: Get "http://${pod.status?.podIP}:${number}${path}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`, { component: 'kubelet', host: pod.spec?.nodeName ?? '' }, `spec.containers{${container?.name}}`);
}

/** A node's disk filled up to where old images go, and all of them are in use. */
function imagesKept({ store, events }: World, die: Die): void {
  const nodes = store.list('Node', null);
  if (nodes.length === 0) return;
  const node = die.pick(nodes);
  const bytes = 900_000_000 + die.roll(2_000_000_000);
  events.record(node, 'Warning', 'FreeDiskSpaceFailed', `Failed to garbage collect required amount of images. Attempted to free ${bytes} bytes, but only found 0 bytes eligible to free.`, { component: 'kubelet', host: node.metadata.name });
}

function hex(die: Die, digits: number): string {
  return Array.from({ length: digits }, () => die.roll(16).toString(16)).join('');
}
