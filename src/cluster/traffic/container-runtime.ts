import { Die } from '../../time/dice.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { KindMap } from '../objects.ts';
import type { Probe } from 'kubernetes-types/core/v1';
import type { ContainerRuntime, ContainerStart, ProbeAnswer } from '../runtime.ts';
import type { LogFormat, ProgramSpec, Step, TrafficSpec } from '../spec.ts';
import type { ObjectStore } from '../store.ts';
import { splitImage } from '../image.ts';
import type { Builds } from './builds.ts';
import { programOf } from './program.ts';
import { mountedCertificate, tlsSecretsOf } from './shown-certificate.ts';
import { environmentOf, numberOf } from './settings.ts';

/** What pipelines add to the tags of builds for other processors than those of the nodes. */
const FOREIGN = /-(?:arm64|arm64v8|s390x|ppc64le)$/;

/** Paths at which programs say how they are. */
const HEALTH = /^\/(?:$|healthz?(?:[/?]|$)|livez|readyz|ready|live|ping)/;

/** What a container said before it ended by itself. */
export interface LastWords {
  readonly atMs: SimMs;
  readonly run: number;
  readonly level: 'error' | 'info' | 'log';
  readonly text: string;
}

/** The traffic's programs as containers: which images there are of them, how long they take to start, what makes them exit. */
export class ProgramRuntime {
  readonly #spec: TrafficSpec;
  readonly #builds: Builds;
  readonly #trafficFromMs: SimMs;
  readonly #store: () => ObjectStore;
  readonly #nowMs: () => SimMs;
  readonly #seed: number;
  /** By image: how often it was pulled. */
  readonly #pulls = new Map<string, number>();
  readonly #lastWords = new Map<string, LastWords[]>();
  /** By pod: how often its container was started. The status learns of a restart later. */
  readonly #starts = new Map<string, number>();

  constructor(options: { readonly spec: TrafficSpec; readonly builds: Builds; readonly trafficFromMs: SimMs; readonly seed: number; readonly store: () => ObjectStore; readonly nowMs: () => SimMs }) {
    this.#spec = options.spec;
    this.#builds = options.builds;
    this.#trafficFromMs = options.trafficFromMs;
    this.#store = options.store;
    this.#nowMs = options.nowMs;
    this.#seed = options.seed;
  }

  /** Whether an image is that of a program, whatever its tag. */
  knows(image: string): boolean {
    return programOf(this.#spec, splitImage(image).repository) !== undefined;
  }

  logFormatOf(image: string): LogFormat {
    return programOf(this.#spec, splitImage(image).repository)?.logFormat ?? 'text';
  }

  kindOf(image: string): ProgramSpec['kind'] {
    return programOf(this.#spec, splitImage(image).repository)?.kind ?? 'service';
  }

  pull(image: string): ReturnType<ContainerRuntime['pull']> {
    const { repository, tag } = splitImage(image);
    const program = programOf(this.#spec, repository);
    const host = repository.includes('.') ? repository : `docker.io/library/${repository}`;
    if (program === undefined) {
      return { ok: false, message: `rpc error: code = Unknown desc = failed to pull and unpack image "${image}": failed to resolve reference "${host}:${tag}": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed` };
    }
    if (!this.#builds.has(`${repository}:${tag.replace(FOREIGN, '')}`)) {
      return { ok: false, message: `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${host}:${tag}": ${host}:${tag}: not found` };
    }
    const nth = this.#pulls.get(image) ?? 0;
    this.#pulls.set(image, nth + 1);
    const die = new Die(this.#seed, `runtime/pull/${image}/${nth}`);
    return { ok: true, tookMs: Math.round(nth === 0 ? die.between(1_500, 4_000) : die.between(250, 600)) };
  }

  start(pod: KindMap['Pod'], container: string): ContainerStart {
    // What runs before or beside a program has no part in the traffic: a step of the start ends well, a sidecar stays.
    const beside = pod.spec?.initContainers?.find(({ name }) => name === container);
    if (beside?.restartPolicy === 'Always') return { outcome: 'runs', readyAfterMs: 1_000 };
    if (beside !== undefined) return { outcome: 'exits', afterMs: 1_000, exitCode: 0, reason: 'Completed' };
    const uid = pod.metadata.uid ?? '';
    const nth = (this.#starts.get(uid) ?? 0) + 1;
    this.#starts.set(uid, nth);
    // A die for each start: one pod that restarts more often shifts nobody else's rolls.
    const die = new Die(this.#seed, `runtime/start/${pod.metadata.namespace}/${pod.metadata.name}/${nth}`);
    const image = pod.spec?.containers.find(({ name }) => name === container)?.image ?? '';
    const { repository, tag } = splitImage(image);
    const program = programOf(this.#spec, repository);
    if (program === undefined) return { outcome: 'exits', afterMs: 200, exitCode: 127, reason: 'Error' };
    if (FOREIGN.test(tag) && !this.#builds.has(`${repository}:${tag}`)) {
      this.#willSay(pod, 60, `exec /app/${repository.slice(repository.lastIndexOf('/') + 1)}: exec format error`);
      return { outcome: 'exits', afterMs: 60, exitCode: 255, reason: 'Error' };
    }
    const missing = this.#missing(pod, program);
    if (missing !== null) {
      const afterMs = Math.round(die.between(400, 1_200));
      this.#willSay(pod, afterMs, `fatal: required environment variable ${missing} is not set`);
      return { outcome: 'exits', afterMs, exitCode: 1, reason: 'Error' };
    }
    const before = this.#doneBefore(pod, program);
    if (before !== null) return { outcome: 'exits', afterMs: before, exitCode: 0, reason: 'Completed' };
    if (this.#cannotServeTls(pod)) {
      this.#willSay(pod, 120, 'fatal: tls: failed to find any PEM data in certificate input');
      return { outcome: 'exits', afterMs: 120, exitCode: 1, reason: 'Error' };
    }
    const crashAfterMs = program.versions[tag]?.crashAfterMs ?? null;
    const readyAfterMs = Math.round(program.startMs * die.between(0.9, 1.15));
    if (crashAfterMs === null) return { outcome: 'runs', readyAfterMs };
    const afterMs = Math.round(crashAfterMs * die.between(0.7, 1.3));
    this.#willSay(pod, afterMs, `panic: runtime error: invalid memory address or nil pointer dereference [${repository.slice(repository.lastIndexOf('/') + 1)} ${tag}]`);
    return { outcome: 'exits', readyAfterMs, afterMs, exitCode: 2, reason: 'Error' };
  }

  /** Programs answer their probes on a thread of their own, so a busy one is slow, not dead; but only where they listen, and at the paths for it. */
  probe(pod: KindMap['Pod'], spec: Probe): ProbeAnswer {
    const asked = spec.httpGet?.port ?? spec.tcpSocket?.port ?? spec.grpc?.port;
    const declared = pod.spec?.containers[0]?.ports ?? [];
    const port = declared.find(({ name }) => name === asked)?.containerPort ?? Number(asked);
    const address = `${pod.status?.podIP ?? ''}:${port}`;
    const url = `${(spec.httpGet?.scheme ?? 'HTTP').toLowerCase()}://${address}${spec.httpGet?.path ?? '/'}`;
    if (asked !== undefined && declared.length > 0 && !declared.some(({ containerPort }) => containerPort === port)) {
      const refused = `dial tcp ${address}: connect: connection refused`;
      return { ok: false, output: spec.httpGet === undefined ? refused : `Get "${url}": ${refused}`, steady: true };
    }
    if (spec.httpGet === undefined || HEALTH.test(spec.httpGet.path ?? '/')) return { ok: true, output: null, steady: true };
    return { ok: false, output: 'HTTP probe failed with statuscode: 404', steady: true };
  }

  /** What containers of a pod have said before they ended by themselves, oldest first. */
  lastWords(podUid: string): readonly LastWords[] {
    return (this.#lastWords.get(podUid) ?? []).filter(({ atMs }) => atMs <= this.#nowMs());
  }

  /** How long a Job took that came to its end before there was any traffic; null where the traffic decides. */
  #doneBefore(pod: KindMap['Pod'], { job, routes, threads }: ProgramSpec): number | null {
    if (job === undefined) return null;
    const surroundings = { environment: environmentOf(pod, this.#store()), flags: {} };
    const tookMs = Math.round((numberOf(job.units, surroundings) * idleMs(routes[job.route] ?? [], this.#spec)) / Math.max(1, numberOf(threads, surroundings)));
    return this.#nowMs() + tookMs < this.#trafficFromMs ? tookMs : null;
  }

  /** The last words of a container that ends now. */
  said(pod: KindMap['Pod'], text: string, level: LastWords['level'] = 'error'): void {
    this.#willSay(pod, 0, text, level);
  }

  #missing(pod: KindMap['Pod'], program: ProgramSpec): string | null {
    const environment = environmentOf(pod, this.#store());
    return program.needs.find((name) => !environment.has(name)) ?? null;
  }

  /** What it has mounted as its certificate is none. */
  #cannotServeTls(pod: KindMap['Pod']): boolean {
    const store = this.#store();
    return tlsSecretsOf(pod.spec, pod.metadata.namespace ?? '', store).length > 0 && mountedCertificate(pod, store) === null;
  }

  /** Its last words are heard when it ends, not before. */
  #willSay(pod: KindMap['Pod'], afterMs: number, text: string, level: LastWords['level'] = 'error'): void {
    const uid = pod.metadata.uid ?? '';
    const run = (this.#starts.get(uid) ?? 1) - 1;
    const said = this.#lastWords.get(uid) ?? [];
    this.#lastWords.set(uid, [...said.slice(-19), { atMs: this.#nowMs() + afterMs, run, level, text }]);
  }
}

/** How long steps take where nobody else is there. */
function idleMs(steps: readonly Step[], spec: TrafficSpec): number {
  let ms = 0;
  for (const step of steps) {
    if (step.do === 'cpu' || step.do === 'query') ms += step.ms;
    else if (step.do === 'cached') ms += step.ms + (1 - step.hit) * idleMs(step.miss, spec);
    else if (step.do !== 'call') ms += idleMs(step.steps, spec);
    else ms += step.call.times * (spec.externals[step.call.to.slice('external/'.length)]?.latencyMs ?? USUAL_CALL_MS);
  }
  return ms;
}

const USUAL_CALL_MS = 10;
