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
      const { probability, wait } = Number.isInteger(servers) ? wholeServers(servers, utilisation) : brokenServers(servers, utilisation);
      this.#waitProbability[step] = probability;
      this.#meanWait[step] = wait;
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

/** What an arrival meets: the probability of a wait, and its mean in units of the mean service time. */
interface Met {
  readonly probability: number;
  readonly wait: number;
}

function wholeServers(servers: number, utilisation: number): Met {
  const probability = erlangC(servers, utilisation * servers);
  return { probability, wait: probability / (servers * (1 - utilisation)) };
}

/**
 * Cores that are no whole number, shared by all who work, each at most one: a birth-death process whose rates are 1, 2, … up
 * to all cores, then those. The wait is how much longer work takes than alone.
 */
function brokenServers(cores: number, utilisation: number): Met {
  const whole = Math.floor(cores);
  const offered = utilisation * cores;
  if (offered <= 0) return { probability: 0, wait: 0 };
  // Of those states in which nobody has to share, the last.
  const full = blocking(whole, offered);
  const all = 1 + (full * utilisation) / (1 - utilisation);
  const inside = (offered * (1 - full) + full * utilisation * (whole / (1 - utilisation) + 1 / ((1 - utilisation) * (1 - utilisation)))) / all;
  return { probability: full / ((1 - utilisation) * all), wait: inside / offered - 1 };
}

/** Probability that an arrival waits in M/M/c with `offered` erlangs below `servers`. */
function erlangC(servers: number, offered: number): number {
  if (offered <= 0) return 0;
  const utilisation = offered / servers;
  const lost = blocking(servers, offered);
  return lost / (1 - utilisation * (1 - lost));
}

/** Erlang's B: the share of arrivals that find all `servers` taken where nobody waits. */
function blocking(servers: number, offered: number): number {
  let lost = 1;
  for (let server = 1; server <= servers; server++) lost = (offered * lost) / (server + offered * lost);
  return lost;
}

const tables = new Map<number, ErlangTable>();

/** With more servers than these, nobody waits by chance below the utilisation where tables end: their table serves for all. */
const MANY = 1_024;

/** The table for so many servers (at least 1). Tables hold no state of a drill, so all drills share them. */
export function erlangTable(servers: number): ErlangTable {
  return tableOf(Math.min(MANY, Math.max(1, Math.round(servers))));
}

/** The table for so many cores, in quarters. A lone piece of work on less than one core takes longer for another reason. */
export function cpuTableOf(cores: number): ErlangTable {
  return tableOf(Math.min(MANY, Math.max(1, cores > 16 ? Math.round(cores) : Math.round(cores * 4) / 4)));
}

function tableOf(servers: number): ErlangTable {
  let table = tables.get(servers);
  if (table === undefined) {
    table = new ErlangTable(servers);
    tables.set(servers, table);
  }
  return table;
}
