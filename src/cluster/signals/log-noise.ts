import { Die } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { ProgramSpec } from '../spec.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';
import { type LogEvent, plainEvent } from './log-format.ts';

/** Once in so many windows a program has something to say that nobody needs; where there is much of it, so often. */
const WINDOWS_A_LINE = { some: 8, much: 2 };

type Say = (die: Die) => readonly [level: LogEvent['level'], text: string];

/** What programs say on a good day, by their kind, what they say often as often as it comes: of ten lines some nine are plain. None of it has to do with whether users are served. */
const CHATTER: Readonly<Record<ProgramSpec['kind'], readonly Say[]>> = {
  service: [
    ...Array.from({ length: 9 }, (): Say => () => ['info', 'GET /healthz 200 agent=kube-probe/1.32']),
    ...Array.from({ length: 5 }, (): Say => () => ['info', 'GET /metrics 200 agent=Prometheus/2.55.1']),
    ...Array.from({ length: 3 }, (): Say => (die) => ['info', `configuration file checked, nothing changed revision=${100 + die.roll(40)}`]),
    ...Array.from({ length: 3 }, (): Say => (die) => ['info', `idle connection closed by peer, opened another idle_s=${300 + die.roll(300)}`]),
    (die) => ['debug', `cache of templates swept entries=${20 + die.roll(80)}`],
    (die) => ['warn', `slow garbage collection pause_ms=${80 + die.roll(90)} heap_mib=${180 + die.roll(120)}`],
    (die) => ['warn', `slow client, answer took long to send write_ms=${2_000 + die.roll(9_000)} bytes=${30_000 + die.roll(90_000)} network=mobile`],
    () => ['warn', 'client closed the connection before the answer was sent'],
    () => ['warn', 'metrics exporter: retrying once after connection reset by peer attempt=2'],
    () => ['warn', 'header X-Forwarded-Proto is deprecated here, use Forwarded'],
    () => ['warn', 'discovery: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  ],
  worker: [
    () => ['debug', 'heartbeat sent'],
    (die) => ['info', `queue looked at, nothing left over took_ms=${1 + die.roll(9)}`],
    () => ['warn', 'option batch.linger is deprecated, use linger'],
  ],
  cache: [
    (die) => ['info', `${100 + die.roll(900)} changes in 300 seconds. Saving...`],
    (die) => ['info', `DB saved on disk, fork copied_mib=${1 + die.roll(9)}`],
  ],
  database: [
    (die) => ['log', `automatic vacuum of table "shop.public.sessions": index scans: 1, pages: ${die.roll(30)} removed`],
    (die) => ['log', `automatic analyze of table "shop.public.stock" elapsed_s=${(die.roll(90) / 100).toFixed(2)}`],
  ],
};

/** What a program says when it starts, and nobody ever repairs. */
const AT_THE_START: Say = () => ['warn', 'config: pool.idleTimeout is deprecated and will be removed in the next major version, use pool.maxIdle'];

/** One window of a pod. */
interface PodWindow {
  readonly seed: number;
  readonly pod: { readonly namespace: string; readonly name: string };
  readonly kind: ProgramSpec['kind'];
  readonly endMs: SimMs;
  readonly justStarted: boolean;
  readonly much: boolean;
}

/** Lines of a pod in one window that mean nothing, by dice of their own. */
export function noiseEvents({ seed, pod, kind, endMs, justStarted, much }: PodWindow): LogEvent[] {
  const die = new Die(seed, `log-noise/${pod.namespace}/${pod.name}/${endMs}`);
  const said: LogEvent[] = [];
  const say = (one: Say, atMs: SimMs): void => {
    const [level, text] = one(die);
    said.push(plainEvent(atMs, level, text));
  };
  if (justStarted && (kind === 'service' || kind === 'worker')) say(AT_THE_START, endMs - WINDOW_MS + 180);
  if (die.roll(much ? WINDOWS_A_LINE.much : WINDOWS_A_LINE.some) === 0) say(die.pick(CHATTER[kind]), endMs - WINDOW_MS + die.roll(WINDOW_MS));
  return said;
}
