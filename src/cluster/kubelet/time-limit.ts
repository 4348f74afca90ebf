import type { KindMap } from '../objects.ts';
import type { PodScope } from './pod-scope.ts';

/** How long a pod may be active on its node, counted from when it came there; it may be told later, or otherwise. */
export class TimeLimit {
  readonly #scope: PodScope;
  readonly #over: () => void;
  #fromMs: number | null = null;
  #seconds: number | undefined = undefined;
  #ticket: number | null = null;

  constructor(scope: PodScope, over: () => void) {
    this.#scope = scope;
    this.#over = over;
  }

  /** Keeps to what the pod says now. */
  set(pod: KindMap['Pod'] | null): void {
    const seconds = pod?.spec?.activeDeadlineSeconds;
    const { nowMs } = this.#scope.cluster.clock;
    this.#fromMs ??= nowMs;
    if (seconds === this.#seconds) return;
    this.lift();
    this.#seconds = seconds;
    if (seconds !== undefined) this.#ticket = this.#scope.after(Math.max(0, this.#fromMs + seconds * 1000 - nowMs), this.#over);
  }

  lift(): void {
    if (this.#ticket !== null) this.#scope.cluster.agenda.cancel(this.#ticket);
    this.#ticket = null;
  }
}
