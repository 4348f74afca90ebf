const STEPS = 256;
const HIGHEST = 0.98;

/**
 * Waiting in a station of `servers` servers with Poisson arrivals and exponential service (M/M/c), exact by Erlang's
 * C formula, tabulated over the utilisation. Above 0.98 the value at 0.98 holds: there the backlog of the fluid tells.
 * Source: A. K. Erlang 1917; the recursion of Erlang B, then C = B / (1 − ρ(1 − B)).
 */
export class ErlangTable {
  readonly servers: number;
  readonly #waitProbability = new Float64Array(STEPS + 1);
  readonly #meanWait = new Float64Array(STEPS + 1);

  constructor(servers: number) {
    this.servers = servers;
    for (let step = 0; step <= STEPS; step++) {
      const utilisation = (step / STEPS) * HIGHEST;
      const probability = erlangC(servers, utilisation * servers);
      this.#waitProbability[step] = probability;
      this.#meanWait[step] = probability / (servers * (1 - utilisation));
    }
  }

  /** Mean wait in units of the mean service time. `utilisation` is offered load over servers, 0 or more. */
  meanWait(utilisation: number): number {
    return interpolate(this.#meanWait, utilisation);
  }

  /** Share of arrivals that have to wait. */
  waitProbability(utilisation: number): number {
    return interpolate(this.#waitProbability, utilisation);
  }
}

function interpolate(table: Float64Array, utilisation: number): number {
  if (!(utilisation > 0)) return 0;
  if (utilisation >= HIGHEST) return table[STEPS] as number;
  const position = (utilisation / HIGHEST) * STEPS;
  const step = Math.floor(position);
  const low = table[step] as number;
  return low + ((table[step + 1] as number) - low) * (position - step);
}

/** Probability that an arrival waits in M/M/c with `offered` erlangs below `servers`. */
function erlangC(servers: number, offered: number): number {
  if (offered <= 0) return 0;
  let blocking = 1;
  for (let server = 1; server <= servers; server++) blocking = (offered * blocking) / (server + offered * blocking);
  const utilisation = offered / servers;
  return blocking / (1 - utilisation * (1 - blocking));
}

const tables = new Map<number, ErlangTable>();

/** With more servers than these, nobody waits by chance below the utilisation where tables end: their table serves for all. */
const MANY = 1_024;

/** The table for so many servers (at least 1). Tables hold no state of a drill, so all drills share them. */
export function erlangTable(servers: number): ErlangTable {
  const whole = Math.min(MANY, Math.max(1, Math.round(servers)));
  let table = tables.get(whole);
  if (table === undefined) {
    table = new ErlangTable(whole);
    tables.set(whole, table);
  }
  return table;
}
