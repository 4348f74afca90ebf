import type { OutputBlock } from '../drill/screen.ts';
import type { Die } from '../time/dice.ts';
import { MINUTE_MS, SECOND_MS } from '../time/sim-time.ts';
import type { Script, SeatNow, Turn } from './script.ts';
import { WAIT } from './script.ts';

/**
 * Johnny, first week on call: switches the web servers off and on again, sees load on the database, restarts that too,
 * says that the site is coming back, and goes to bed. (Talk "Devops, Dungeons & Dragons", 2013; R-JJ-1)
 */
export class Johnny implements Script {
  readonly #die: Die;
  #steps: ((view: SeatNow) => Turn)[] = [];

  constructor(die: Die) {
    this.#die = die;
  }

  turn(view: SeatNow): Turn {
    if (view.ringing !== null && this.#steps.length === 0) this.#steps = this.#night(view);
    const step = this.#steps.shift();
    return step === undefined ? WAIT : step(view);
  }

  #night(view: SeatNow): ((view: SeatNow) => Turn)[] {
    const web = view.screen().dashboards.at(-1)?.title ?? 'storefront';
    const type = (line: string | null, low: number, high: number) => (): Turn => ({ line, nextMs: Math.round(this.#die.between(low, high) * SECOND_MS) });
    let replicas = 1;
    return [
      type(null, 40, 100),
      (now) => ({ line: `/ack ${now.ringing ?? ''}`.trim(), nextMs: 15 * SECOND_MS }),
      type(`kubectl get deployment ${web}`, 5, 10),
      ({ screen }) => {
        replicas = desiredReplicas(screen().outputs.at(-1)) ?? 2;
        return { line: `kubectl scale deployment ${web} --replicas=0`, nextMs: Math.round(this.#die.between(20, 40) * SECOND_MS) };
      },
      () => ({ line: `kubectl scale deployment ${web} --replicas=${replicas}`, nextMs: Math.round(this.#die.between(60, 90) * SECOND_MS) }),
      type('kubectl get statefulsets', 8, 20),
      ({ screen }) => {
        const database = firstName(screen().outputs.at(-1));
        return { line: database === null ? 'kubectl get pods' : `kubectl delete pod ${database}-0`, nextMs: Math.round(this.#die.between(60, 120) * SECOND_MS) };
      },
      type('The site is coming back. Going to bed.', 5, 15),
      type('/resolve', 60, MINUTE_MS / SECOND_MS + 30),
    ];
  }
}

/** `3` of the READY column `3/3` of a table that `kubectl get deployment` printed. */
function desiredReplicas(block: OutputBlock | undefined): number | null {
  const ready = /\s\d+\/(\d+)\s/.exec(block?.text[1] ?? '');
  return ready === null || ready[1] === '0' ? null : Number(ready[1]);
}

/** The first name in a table; null where there is no table. */
function firstName(block: OutputBlock | undefined): string | null {
  const row = block?.status === 'ok' && block.text[0]?.startsWith('NAME') === true ? block.text[1] : undefined;
  return row === undefined ? null : (/^\S+/.exec(row)?.[0] ?? null);
}
