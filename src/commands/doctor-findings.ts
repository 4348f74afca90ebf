import type { Machine } from '../outside/machine.ts';

/** One line of `gameday doctor`: what there is, whether that will do, and what to do where it will not. */
export interface Finding {
  readonly about: string;
  /** `missing`: gameday cannot do its work without it. */
  readonly status: 'ok' | 'warn' | 'missing';
  readonly found: string;
  /** '' where there is nothing to do. */
  readonly cure: string;
}

const OLDEST_NODE_MAJOR = 22;
const SMALLEST = { columns: 80, rows: 24 };
const LITTLE_SPACE_BYTES = 200 * 1_048_576;
const SLOW_SYNC_MS = 20;

/** What gameday makes of a machine, in the order of importance. */
export function findingsOf(machine: Machine): readonly Finding[] {
  return [
    ok('gameday', `${machine.gamedayVersion} on ${machine.platform}`),
    node(machine.node),
    ...terminal(machine.terminal),
    drills(machine.drills),
    ...disk(machine.drills),
    state(machine.state),
    program('kubectl', machine.programs.kubectl, 'The prompt of a drill then has a small kubectl of its own.'),
    program('helm', machine.programs.helm, 'No drill needs it.'),
    pagerDuty(machine.pagerDuty),
    leftovers(machine.leftovers),
    ok('time zone', `${machine.timeZone}; drills show UTC`),
  ];
}

function ok(about: string, found: string): Finding {
  return { about, status: 'ok', found, cure: '' };
}

function node({ version, pinned }: Machine['node']): Finding {
  if (Number(version.split('.')[0]) < OLDEST_NODE_MAJOR) {
    return { about: 'Node', status: 'missing', found: `${version}, too old`, cure: `Run "npm ci" for the pinned one, or install Node ${OLDEST_NODE_MAJOR} or newer.` };
  }
  return ok('Node', pinned ? `${version}, the pinned one` : `${version}, the system's`);
}

function terminal({ input, output, columns, rows, colourBits, unicode }: Machine['terminal']): Finding[] {
  if (!input || !output) {
    return [{ about: 'terminal', status: 'warn', found: 'none: input or output is not a terminal', cure: 'Play in a terminal. check, rehearse, replay and report work without.' }];
  }
  const size = `${columns}x${rows}`;
  const small = (columns ?? 0) < SMALLEST.columns || (rows ?? 0) < SMALLEST.rows;
  const colours = colourBits >= 24 ? '16 million colours' : colourBits >= 8 ? '256 colours' : colourBits >= 4 ? '16 colours' : 'no colours';
  return [
    small ? { about: 'terminal', status: 'warn', found: `${size}, ${colours}`, cure: `Make it ${SMALLEST.columns}x${SMALLEST.rows} at least.` } : ok('terminal', `${size}, ${colours}`),
    unicode ? ok('characters', 'UTF-8') : { about: 'characters', status: 'warn', found: 'the locale is not UTF-8', cure: 'Set LANG=C.UTF-8, or sparklines and frames may look wrong.' },
  ];
}

function drills({ path, trouble, syncMs }: Machine['drills']): Finding {
  if (trouble !== null || syncMs === null) return { about: 'drills', status: 'missing', found: `${path} cannot be written (${trouble})`, cure: 'Start gameday in a folder that is yours: a drill must be recorded.' };
  const found = `${path}, a durable write takes ${syncMs.toFixed(1)} ms`;
  if (syncMs > SLOW_SYNC_MS) return { about: 'drills', status: 'warn', found, cure: 'Use a local disk: each command waits for its record to be durable.' };
  return ok('drills', found);
}

function disk({ freeBytes }: Machine['drills']): Finding[] {
  if (freeBytes === null) return [];
  const found = `${(freeBytes / 1_073_741_824).toFixed(1)} GiB free`;
  return [freeBytes < LITTLE_SPACE_BYTES ? { about: 'disk', status: 'warn', found, cure: 'Make room: a drill stops when it cannot be recorded.' } : ok('disk', found)];
}

function state({ path, trouble }: Machine['state']): Finding {
  if (trouble === null) return ok('state', path);
  return { about: 'state', status: 'warn', found: `${path} cannot be written (${trouble})`, cure: 'Set XDG_STATE_HOME to a folder that can: without it no page goes to PagerDuty.' };
}

function program(name: string, found: Machine['programs']['kubectl'], without: string): Finding {
  return ok(name, found === null ? `not found. ${without}` : `${found.version}, ${found.path}`);
}

function pagerDuty({ set, usable, words }: Machine['pagerDuty']): Finding {
  if (usable) return ok('PagerDuty', words);
  if (!set) return ok('PagerDuty', 'no routing key set: pages ring at the terminal');
  return { about: 'PagerDuty', status: 'warn', found: 'set, but not usable', cure: words };
}

function leftovers({ folder, dedupKeys }: Machine['leftovers']): Finding {
  if (dedupKeys.length === 0) return ok('pages', 'none left open by an earlier drill');
  return {
    about: 'pages',
    status: 'warn',
    found: `perhaps still open in PagerDuty: ${dedupKeys.join(', ')}`,
    cure: `The next drill resolves them while the same routing key is set; it is noted in ${folder}.`,
  };
}
