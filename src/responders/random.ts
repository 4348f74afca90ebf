import type { Die } from '../time/dice.ts';
import { SECOND_MS } from '../time/sim-time.ts';
import type { Script, SeatNow, Turn } from './script.ts';
import { WAIT } from './script.ts';

/** Somebody who tries the usual moves on any workload, in no order and for no reason. */
export class RandomResponder implements Script {
  readonly #die: Die;
  #workloads: readonly string[] = [];
  #stage: 'asleep' | 'awake' | 'asked' | 'moving' = 'asleep';

  constructor(die: Die) {
    this.#die = die;
  }

  turn({ ringing, screen }: SeatNow): Turn {
    const nextMs = Math.round(this.#die.between(15, 70) * SECOND_MS);
    switch (this.#stage) {
      case 'asleep':
        if (ringing === null) return WAIT;
        this.#stage = 'awake';
        return { line: null, nextMs };
      case 'awake':
        this.#stage = 'asked';
        return { line: '/ack', nextMs };
      case 'asked':
        this.#stage = 'moving';
        return { line: 'kubectl get deployments', nextMs };
      case 'moving':
        if (ringing !== null) return { line: '/ack', nextMs };
        if (this.#workloads.length === 0) this.#workloads = (screen().outputs.at(-1)?.text ?? []).slice(1).flatMap((row) => /^\S+/.exec(row)?.[0] ?? []);
        return this.#workloads.length === 0 ? WAIT : { line: this.#move(this.#die.pick(this.#workloads)), nextMs };
    }
  }

  #move(name: string): string {
    return this.#die.pick([
      () => 'changes',
      () => `dash ${name}`,
      () => `kubectl logs deploy/${name} --tail=5`,
      () => `kubectl describe deploy ${name}`,
      () => `kubectl rollout restart deploy/${name}`,
      () => `kubectl rollout undo deploy/${name}`,
      () => `kubectl scale deploy/${name} --replicas=${this.#die.roll(8)}`,
      () => `kubectl delete pods -l app=${name}`,
      () => `/hyp it is ${name}`,
      () => '/undo',
      () => '/verify',
    ])();
  }
}
