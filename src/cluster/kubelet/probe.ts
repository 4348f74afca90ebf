import type { Container, Probe as ProbeSpec } from 'kubernetes-types/core/v1';
import type { Agenda } from '../../time/agenda.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { ProbeAnswer } from '../runtime.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/**
 * One probe of a running container. It asks every period while something may come of it; once it has its answer and the
 * answer is good and steady it rests, off the agenda, until the runtime says that the container's health may have changed.
 */
export class Probe implements AgendaEntry {
  readonly kind: ProbeKind;
  readonly spec: ProbeSpec;
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #ask: (probe: Probe, answer: (answer: ProbeAnswer) => void) => void;
  readonly #tell: (probe: Probe, answer: ProbeAnswer) => void;
  readonly #firstMs: SimMs;
  readonly #periodMs: number;
  #successes = 0;
  #failures = 0;
  #ticket: number | null = null;
  /** Answers that come after it was stopped or asked again count no more. */
  #asked = 0;

  /** `ask` finds whether the container answers, at once or later; `tell` hears of it once {@link verdict} is up to date. */
  constructor(
    agenda: Agenda<AgendaEntry>,
    kind: ProbeKind,
    spec: ProbeSpec,
    startedAtMs: SimMs,
    { ask, tell }: { ask: (probe: Probe, answer: (answer: ProbeAnswer) => void) => void; tell: (probe: Probe, answer: ProbeAnswer) => void },
  ) {
    this.#agenda = agenda;
    this.kind = kind;
    this.spec = spec;
    this.#ask = ask;
    this.#tell = tell;
    this.#firstMs = startedAtMs + (spec.initialDelaySeconds ?? 0) * 1000;
    this.#periodMs = Math.max(1, spec.periodSeconds ?? 10) * 1000;
  }

  /** What the answers so far amount to: null before enough of them agree. */
  get verdict(): boolean | null {
    if (this.#successes >= (this.spec.successThreshold ?? 1)) return true;
    return this.#failures >= (this.spec.failureThreshold ?? 3) ? false : null;
  }

  /** Asks again at the next turn of its period, unless that is on the agenda already. */
  wake(): void {
    if (this.#ticket !== null) return;
    const nowMs = this.#agenda.nowMs;
    const turns = Math.max(0, Math.floor((nowMs - this.#firstMs) / this.#periodMs) + 1);
    this.#ticket = this.#agenda.add(nowMs < this.#firstMs ? this.#firstMs : this.#firstMs + turns * this.#periodMs, this);
  }

  stop(): void {
    if (this.#ticket !== null) this.#agenda.cancel(this.#ticket);
    this.#ticket = null;
    this.#asked++;
  }

  due(atMs: SimMs): void {
    this.#ticket = this.#agenda.add(atMs + this.#periodMs, this);
    const asked = ++this.#asked;
    this.#ask(this, (answer) => {
      if (asked === this.#asked) this.#answered(answer);
    });
  }

  #answered(answer: ProbeAnswer): void {
    this.#successes = answer.ok ? this.#successes + 1 : 0;
    this.#failures = answer.ok ? 0 : this.#failures + 1;
    if (this.verdict === true && answer.steady) this.stop();
    this.#tell(this, answer);
  }

  /** `Readiness`. */
  get label(): string {
    return labelOf(this.kind);
  }
}

function labelOf(kind: ProbeKind): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

/** What the kubelet reports of a probe that failed. `refused`: nothing listens yet. */
export function probeFailure(kind: ProbeKind, spec: ProbeSpec, container: Container, podIp: string, refused: boolean): string {
  const label = `${labelOf(kind)} probe failed`;
  const { httpGet, tcpSocket, grpc } = spec;
  if (httpGet !== undefined) {
    const url = `${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${podIp}:${portNumber(httpGet.port, container)}${httpGet.path ?? '/'}`;
    return refused
      ? `${label}: Get "${url}": dial tcp ${podIp}:${portNumber(httpGet.port, container)}: connect: connection refused`
      : `${label}: HTTP probe failed with statuscode: 503`;
  }
  if (tcpSocket !== undefined) return `${label}: dial tcp ${podIp}:${portNumber(tcpSocket.port, container)}: connect: connection refused`;
  if (grpc !== undefined) return `${label}: timeout: failed to connect service "${podIp}:${grpc.port}" within ${spec.timeoutSeconds ?? 1}s: context deadline exceeded`;
  return `${label}: `;
}

function portNumber(port: number | string, container: Container): number | string {
  return typeof port === 'number' ? port : (container.ports?.find(({ name }) => name === port)?.containerPort ?? port);
}
