import { formatDate } from '../../programs/dates.ts';
import { optionsOf } from '../../programs/command.ts';
import { sleep, type Steps } from '../../shell/process.ts';
import type { Host } from '../host.ts';
import type { JournalLine } from '../journal.ts';
import { nameOf, type Unit } from '../units.ts';
import type { HostProgram } from './host-commands.ts';
import { complain, say } from './say.ts';

/** `systemctl status|start|stop|restart|is-active|is-enabled|enable|disable|list-units|cat|--failed`. */
export const systemctl: HostProgram = function* (host, call) {
  const asked = optionsOf(joined(call.args), 'nt');
  const { rest: [verb = 'list-units', ...names] } = asked;
  if (verb === 'daemon-reload' || verb === 'reset-failed') return 0;
  if (verb === 'list-units') return yield* say(call, listed(host, asked, names));
  if (verb === 'reboot') return yield* rebooted(host);
  let code = 0;
  for (const name of names) {
    const unit = host.units.find(name);
    if (unit === undefined) {
      code = yield* complain(call, verb === 'status' ? `Unit ${name.replace(/\.service$/, '')}.service could not be found.` : `Failed to ${verb} ${name.replace(/\.service$/, '')}.service: Unit ${name.replace(/\.service$/, '')}.service not found.`, verb === 'status' ? 4 : 5);
      continue;
    }
    const act = Object.hasOwn(ACTS, verb) ? ACTS[verb] : undefined;
    if (act === undefined) return yield* complain(call, `Unknown command verb ${verb}.`);
    const outcome = yield* act(host, unit, call);
    if (outcome !== 0) code = outcome;
  }
  return code;
};

function* rebooted(host: Host): Steps {
  host.world.reboot(host.name);
  yield Infinity;
  return 0;
}

const ACTS: Readonly<Record<string, (host: Host, unit: Unit, call: Parameters<HostProgram>[1]) => Steps>> = {
  status: (host, unit, call) => say(call, statusOf(host, unit), unit.state === 'active' ? 0 : 3),
  start: function* (host, unit, call) {
    yield* sleep(call.task, 300);
    return host.units.start(unit) ? 0 : yield* failed(unit, call);
  },
  stop: function* (host, unit, call) {
    yield* sleep(call.task, 400);
    host.units.stop(unit);
    return 0;
  },
  restart: function* (host, unit, call) {
    yield* sleep(call.task, 700);
    host.units.stop(unit);
    return host.units.start(unit) ? 0 : yield* failed(unit, call);
  },
  'is-active': (_host, unit, call) => say(call, `${unit.state === 'auto-restart' ? 'activating' : unit.state}\n`, unit.state === 'active' ? 0 : 3),
  'is-enabled': (_host, unit, call) => say(call, unit.enabled ? 'enabled\n' : 'disabled\n', unit.enabled ? 0 : 1),
  enable: (host, unit, call) => enable(host, unit, call, true),
  disable: (host, unit, call) => enable(host, unit, call, false),
  cat: (_host, unit, call) => say(call, `# /lib/systemd/system/${unit.name}.service\n[Unit]\nDescription=${unit.description}\nDocumentation=${unit.docs}\n\n[Service]\nExecStart=${unit.command.join(' ')}\n${unit.restartMs === null ? '' : `Restart=always\nRestartSec=${unit.restartMs / 1000}\n`}\n[Install]\nWantedBy=multi-user.target\n`),
};

// eslint-disable-next-line require-yield
function* enable(host: Host, unit: Unit, call: Parameters<HostProgram>[1], on: boolean): Steps {
  unit.enabled = on;
  if (!call.args.includes('--now')) return 0;
  if (on) return host.units.start(unit) ? 0 : 1;
  host.units.stop(unit);
  return 0;
}

function failed(unit: Unit, call: Parameters<HostProgram>[1]): Steps {
  return complain(call, `Job for ${unit.name}.service failed because the control process exited with error code.\nSee "systemctl status ${unit.name}.service" and "journalctl -xeu ${unit.name}.service" for details.`);
}

function statusOf(host: Host, unit: Unit): string {
  const { name, state, task } = unit;
  const sinceMs = host.world.clock.nowMs - unit.sinceMs;
  const since = `since ${formatDate('%a %F %T UTC', host.unixMs() - sinceMs)}; ${ago(sinceMs)} ago`;
  const active = { active: `active (running) ${since}`, inactive: `inactive (dead) ${since}`, failed: `failed (Result: ${unit.code > 128 ? 'signal' : 'exit-code'}) ${since}`, 'auto-restart': `activating (auto-restart) (Result: ${unit.code > 128 ? 'signal' : 'exit-code'}) ${since}` }[state];
  const pid = state === 'active' ? `   Main PID: ${task?.pid ?? 0} (${nameOf(unit)})\n      Tasks: 14 (limit: 19141)\n     CGroup: /system.slice/${name}.service\n             └─${task?.pid ?? 0} ${unit.command.join(' ')}\n` : unit.code > 0 ? `    Process: ${task?.pid ?? 0} ExecStart=${unit.command.join(' ')} (code=${unit.code > 128 ? 'killed, signal=KILL' : `exited, status=${unit.code}/FAILURE`})\n` : '';
  return `${{ active: '●', inactive: '○', failed: '×', 'auto-restart': '●' }[state]} ${name}.service - ${unit.description}\n     Loaded: loaded (/lib/systemd/system/${name}.service; ${unit.enabled ? 'enabled' : 'disabled'}; preset: enabled)\n     Active: ${active}\n       Docs: ${unit.docs}\n${pid}\n${host.journal.lines(name).slice(-10).map((line) => written(host, line)).join('')}`;
}

/** Options whose value may follow as a word of its own, in one word with it. */
function joined(args: readonly string[]): string[] {
  return args.flatMap((word, nth) => (VALUED.has(args[nth - 1] ?? '') ? [] : VALUED.has(word) ? [`${word}=${args[nth + 1] ?? ''}`] : [word]));
}

const VALUED: ReadonlySet<string> = new Set(['--state', '--type']);

/** Units in the states asked for, be it of load, of activity or below that; else all of them. Source: systemctl(1). */
function listed(host: Host, { flags, values }: ReturnType<typeof optionsOf>, patterns: readonly string[]): string {
  const states = flags.has('failed') ? ['failed'] : (values.get('state')?.split(',') ?? null);
  const types = (values.get('type') ?? values.get('t') ?? 'service').split(',');
  const chosen = [...host.units.all.values()].filter(({ name, state }) =>
    types.includes('service')
    && (states === null || ['loaded', ...STATES[state]].some((one) => states.includes(one)))
    && (patterns.length === 0 || patterns.some((pattern) => `${name}.service` === pattern || name === pattern || (pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1))))));
  const rows = chosen.map(({ name, state, description }) => `${state === 'failed' && !flags.has('plain') ? '●' : ' '} ${`${name}.service`.padEnd(28)} loaded ${STATES[state][0].padEnd(8)} ${STATES[state][1]} ${description}\n`).join('');
  if (flags.has('no-legend') || values.get('legend') === 'false') return rows;
  return `  ${'UNIT'.padEnd(28)} LOAD   ACTIVE   SUB     DESCRIPTION\n${rows}\n${chosen.length} loaded units listed.\n`;
}

/** What systemd calls the activity of a unit, and what is below that. */
const STATES = { active: ['active', 'running'], inactive: ['inactive', 'dead'], failed: ['failed', 'failed'], 'auto-restart': ['activating', 'auto-restart'] } as const satisfies Record<Unit['state'], readonly [string, string]>;

/** `journalctl -u UNIT -n N --since … -k`. Times and texts are those of the node. */
export const journalctl: HostProgram = function* (host, call) {
  const { flags, values, rest } = optionsOf(call.args, 'unSUpo');
  const asked = values.get('u') ?? values.get('unit') ?? rest.at(0) ?? null;
  const unit = asked === null ? null : (host.units.find(asked)?.name ?? asked);
  const all = flags.has('k') || flags.has('dmesg') ? host.journal.lines(null).filter(({ by }) => by === 'kernel') : host.journal.lines(flags.has('u') || flags.has('unit') ? unit : null);
  const chosen = all.slice(-(Number(values.get('n') ?? values.get('lines')) || (flags.has('e') || flags.has('xe') ? 1_000 : Infinity)));
  const text = chosen.map((line) => written(host, line)).join('');
  return yield* say(call, text === '' ? '-- No entries --\n' : flags.has('r') ? `${text.trimEnd().split('\n').toReversed().join('\n')}\n` : text);
};

function written(host: Host, { atMs, by, pid, text }: JournalLine): string {
  const at = formatDate('%b %d %T', host.unixMs() - (host.world.clock.nowMs - atMs));
  return `${at} ${host.name} ${by}${pid > 0 ? `[${pid}]` : ''}: ${text.replace(/^([EWI])0000 /, `$1${formatDate('%m%d %T.000000', host.unixMs() - (host.world.clock.nowMs - atMs))} `)}\n`;
}

function ago(ms: number): string {
  const s = Math.floor(ms / 1000);
  const days = Math.floor(s / 86_400);
  if (days > 0) return `${days} days`;
  if (s >= 3_600) return `${Math.floor(s / 3_600)}h ${Math.floor((s % 3_600) / 60)}min`;
  return s >= 60 ? `${Math.floor(s / 60)}min ${s % 60}s` : `${s}s`;
}
