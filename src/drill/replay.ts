import type { Fact, GhostRun, HappeningType, Timeline } from '../journal/timeline.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { SimMs } from '../time/sim-time.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { ProcessReceiver } from '../cluster/processes.ts';
import { requestOf, type ApiDoor } from './api/api-door.ts';
import type { ProcessStart } from './api/process-desk.ts';
import { bytesOf } from './api/received.ts';
import { Drill } from './drill.ts';

/** Where a run again went another way than the record. */
export interface Difference {
  readonly seq: number;
  readonly atMs: SimMs;
  readonly recorded: string;
  readonly now: string;
}

/**
 * Runs a timeline's inputs again at their simulated times, up to its last fact, and compares every fact. The drill is
 * returned as it stands then: it may know facts of the last moment that the record lacks (a record cut short).
 */
export function replayDrill(
  timeline: Timeline,
  scenario: Scenario,
  { ghosts, door, onCluster }: { readonly ghosts?: () => readonly GhostRun[]; readonly door: (drill: Drill) => ApiDoor<unknown>; readonly onCluster?: (cluster: Cluster) => void },
): { readonly drill: Drill; readonly difference: Difference | null } {
  const { header, facts } = timeline;
  const drill = new Drill({ scenario, seed: header.seed, seats: header.seats, onFact: () => undefined, ...(ghosts === undefined ? {} : { ghosts }), ...(onCluster === undefined ? {} : { onCluster }) });
  // Most drills have no requests: the API is only set up for those that do.
  let opened: ApiDoor<unknown> | null = null;
  const inputs: Inputs = { drill, door: () => (opened ??= door(drill)) };
  for (const fact of facts) {
    const feed = INPUTS[fact.type];
    if (feed === undefined) continue;
    drill.advance(fact.atMs);
    if (drill.facts.length + 1 !== fact.seq) break;
    feed(inputs, fact as never);
  }
  const lastMs = facts.at(-1)?.atMs ?? 0;
  if (!drill.ended) drill.advance(lastMs);
  return { drill, difference: firstDifference(facts, drill.facts) };
}

interface Inputs {
  readonly drill: Drill;
  readonly door: () => ApiDoor<unknown>;
}

/** How each type of input is fed again. */
const INPUTS: { readonly [Type in HappeningType]?: (inputs: Inputs, fact: Fact<Type>) => void } = {
  'command-given': ({ drill }, { seat, line }) => drill.command(seat, line),
  'pager-answered': ({ drill }, { page, person }) => drill.pagerAnswered(page, person),
  'drill-paused': ({ drill }, { reason }) => drill.pause(reason),
  'drill-continued': ({ drill }) => drill.resume(),
  'tool-started': ({ drill }, { seat, line }) => drill.toolStarted(seat, line),
  'tool-ended': ({ drill }, { causeSeq, exit, lines, shown, tail }) => drill.toolEnded(causeSeq ?? 0, { exit, lines, shown, tail }, tail),
  'api-opened': ({ drill, door }, { seat, user, role }) => drill.openApi(door(), seat, { user, role }),
  'process-started': ({ drill, door }, fact) => {
    drill.startProcess(door().processes, startOf(fact), UNHEARD);
  },
  'process-told': ({ drill }, { causeSeq, seat, what, data, columns, rows }) => drill.tellProcess(causeSeq ?? 0, { seat, what, data, columns, rows }),
  'pod-asked': ({ drill, door }, { seat, namespace, pod, port, method, path, headers, body }) =>
    drill.askPod(door().processes, { seat, target: { namespace, pod }, port, request: { method, path, headers, body: bytesOf(body) } }, () => undefined),
  'api-requested': ({ drill, door }, fact) => drill.request(door(), requestOf(fact), fact.causeSeq),
};

function startOf({ seat, verb, namespace, pod, container, command, stdin, tty }: Fact<'process-started'>): ProcessStart {
  return { seat, verb, target: { namespace, pod, container }, command, options: { stdin, tty } };
}

/** Nobody is there any more to read what a process prints; its digest is compared. */
const UNHEARD: ProcessReceiver = { stdout: () => undefined, stderr: () => undefined, exited: () => undefined };

function firstDifference(recorded: readonly Fact[], now: readonly Fact[]): Difference | null {
  for (const [at, fact] of recorded.entries()) {
    const other = now[at];
    const before = JSON.stringify(fact);
    const after = other === undefined ? 'nothing' : JSON.stringify(other);
    if (!sameFact(fact, other)) return { seq: fact.seq, atMs: fact.atMs, recorded: before, now: after };
  }
  return null;
}

/** Facts are plain data; the order of their fields says nothing. */
function sameFact(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return Number.isNaN(one) && Number.isNaN(other);
  const keys = Object.keys(one);
  if (keys.length !== Object.keys(other).length) return false;
  return keys.every((key) => Object.hasOwn(other, key) && sameFact((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]));
}
