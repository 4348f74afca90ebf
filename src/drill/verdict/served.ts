import type { LoadFlow } from '../../cluster/traffic/load-flow.ts';
import { BURN_WINDOW_MS, SAMPLE_MS } from '../service-level.ts';
import type { Check } from './check.ts';

/** Users of a route go without where less than this share of what they want is answered well. */
const ENOUGH = 0.9;
const SAMPLES = BURN_WINDOW_MS / SAMPLE_MS;

interface Count {
  readonly wanted: number;
  readonly good: number;
}

/**
 * Whether users get what they want, route by route: a share of what they would send, not of what still arrives, so that
 * neither a route that is given up nor a load that is turned away makes the rest look well.
 */
export class ServedRoutes {
  readonly #loads: readonly LoadFlow[];
  /** By load: the totals at the last samples, oldest first. */
  readonly #samples: Count[][];
  #quiet: Count[];

  constructor(loads: readonly LoadFlow[]) {
    this.#loads = loads;
    this.#samples = loads.map(() => []);
    this.#quiet = loads.map(totals);
  }

  /** To be called at each sample. */
  sample(): void {
    this.#loads.forEach((load, nth) => {
      const samples = this.#samples[nth] as Count[];
      samples.push(totals(load));
      if (samples.length > SAMPLES + 1) samples.shift();
    });
  }

  /** What follows is the quiet time after `/resolve`. */
  beginQuiet(): void {
    this.#quiet = this.#loads.map(totals);
  }

  /** Over the last two minutes, or over the quiet time. */
  check(over: 'lately' | 'quiet'): Check {
    const shares = this.#loads.map((load, nth) => {
      const from = over === 'quiet' ? (this.#quiet[nth] as Count) : (this.#samples[nth]?.[0] ?? { wanted: 0, good: 0 });
      const wanted = load.wanted - from.wanted;
      return { route: load.spec.route, share: wanted > 0 ? (load.good - from.good) / wanted : 1 };
    });
    const short = shares.filter(({ share }) => share < ENOUGH);
    const seen = short.map(({ route, share }) => `${route} ${(share * 100).toFixed(0)}%`).join(', ');
    return { check: 'users are served on every route', holds: short.length === 0, seen: seen === '' ? '' : `of what they ask is answered well: ${seen}` };
  }
}

function totals({ wanted, good }: LoadFlow): Count {
  return { wanted, good };
}
