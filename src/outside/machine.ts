import { execFile } from 'node:child_process';
import { closeSync, existsSync, fdatasyncSync, mkdirSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pageLedgerFolder } from './open-pager.ts';
import { readLeftovers } from './page-ledger.ts';
import { readPagerDutySettings } from './pagerduty-settings.ts';
import { findProgram } from './program.ts';
import { stateFolder } from './state-folder.ts';
import { isOfSystem } from './system-folders.ts';

/** What a machine has, as far as gameday cares. Plain data without secrets. */
export interface Machine {
  readonly gamedayVersion: string;
  readonly platform: string;
  readonly node: { readonly version: string; readonly pinned: boolean };
  readonly terminal: {
    readonly input: boolean;
    readonly output: boolean;
    readonly columns: number | null;
    readonly rows: number | null;
    /** 1, 4, 8 or 24 bits. */
    readonly colourBits: number;
    readonly unicode: boolean;
  };
  /** What the prompt of a drill runs: version and place by program; null where it is not there or did not answer. */
  readonly programs: Readonly<Record<'kubectl' | 'helm', Program | null>>;
  /** A sentence that says what is wrong with the PagerDuty settings, or what is set. */
  readonly pagerDuty: { readonly set: boolean; readonly usable: boolean; readonly words: string };
  readonly state: Folder;
  readonly drills: Folder & { readonly freeBytes: number | null; readonly syncMs: number | null };
  readonly timeZone: string;
  /** Pages that ended runs may have left open outside, and where that is noted. */
  readonly leftovers: { readonly folder: string; readonly dedupKeys: readonly string[] };
}

interface Program {
  readonly version: string;
  readonly path: string;
}

/** `trouble` is the system's error where it cannot be written to, else null. */
interface Folder {
  readonly path: string;
  readonly trouble: string | null;
}

/** Looks at this machine. Writes a few kilobytes into the two folders and removes them; sends nothing anywhere. */
export async function lookAtMachine(env: Readonly<Record<string, string | undefined>>, drillsFolder: string): Promise<Machine> {
  const [kubectl, helm] = await Promise.all([
    programOf('kubectl', env, ['version', '--client', '--output=json'], (text) => (JSON.parse(text) as { clientVersion: { gitVersion: string } }).clientVersion.gitVersion),
    programOf('helm', env, ['version', '--short'], (text) => text.trim().split('+')[0] as string),
  ]);
  const state = stateFolder(env);
  const drills = resolve(drillsFolder);
  const drillsTried = tryFolder(drills, 25);
  return {
    gamedayVersion: env['GAMEDAY_VERSION'] ?? 'from source',
    platform: `${process.platform} ${process.arch}`,
    node: { version: process.versions.node, pinned: /[/\\]node_modules[/\\]/.test(process.execPath) },
    terminal: lookAtTerminal(env),
    programs: { kubectl, helm },
    pagerDuty: lookAtPagerDuty(env),
    state: { path: state, trouble: tryFolder(state, 1).trouble },
    drills: { path: drills, ...drillsTried, freeBytes: freeBytes(drills) },
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    leftovers: { folder: pageLedgerFolder(env), dedupKeys: leftOpen(pageLedgerFolder(env)) },
  };
}

function lookAtTerminal(env: Readonly<Record<string, string | undefined>>): Machine['terminal'] {
  const { stdin, stdout } = process;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return {
    input: stdin.isTTY,
    output: stdout.isTTY,
    columns: stdout.isTTY ? stdout.columns : null,
    rows: stdout.isTTY ? stdout.rows : null,
    colourBits: stdout.isTTY ? stdout.getColorDepth() : 1,
    unicode: process.platform === 'win32' || process.platform === 'darwin' || /utf-?8/i.test(locale ?? ''),
  };
}

function lookAtPagerDuty(env: Readonly<Record<string, string | undefined>>): Machine['pagerDuty'] {
  const read = readPagerDutySettings(env);
  if ('problem' in read) return { set: Object.keys(env).some((name) => name.startsWith('GAMEDAY_PAGERDUTY_')), usable: false, words: read.problem };
  const { shared, bySeat, server } = read.settings;
  const keys = [...(shared === null ? [] : ['the pair']), ...Object.keys(bySeat)];
  return { set: true, usable: true, words: `routing key set for ${keys.join(', ')}; events go to ${server.host}` };
}

/** The program that a drill would run, or null where it is not there, fails, or takes longer than three seconds to tell its version. */
function programOf(name: 'kubectl' | 'helm', env: Readonly<Record<string, string | undefined>>, args: readonly string[], read: (text: string) => string): Promise<Program | null> {
  const path = findProgram(name, env);
  if (path === null) return Promise.resolve(null);
  return new Promise((done) => {
    execFile(path, [...args], { timeout: 3_000, windowsHide: true }, (error, stdout) => {
      try {
        done(error === null ? { version: read(stdout), path } : null);
      } catch {
        done(null);
      }
    });
  });
}

/** Whether a folder can be written to, and the median of `times` writes made durable, in milliseconds. */
function tryFolder(path: string, times: number): { readonly trouble: string | null; readonly syncMs: number | null } {
  if (isOfSystem(path)) return { trouble: 'it belongs to the system', syncMs: null };
  const made = firstMissing(path);
  let trial: string | null = null;
  try {
    mkdirSync(path, { recursive: true });
    trial = mkdtempSync(join(path, '.gameday-doctor-'));
    return { trouble: null, syncMs: medianSyncMs(join(trial, 'trial'), times) };
  } catch (error) {
    return { trouble: (error as NodeJS.ErrnoException).code ?? String(error), syncMs: null };
  } finally {
    const rubbish = made ?? trial; // a folder that was not there before goes again
    if (rubbish !== null) rmSync(rubbish, { recursive: true, force: true });
  }
}

function firstMissing(path: string): string | null {
  let missing: string | null = null;
  for (let at = path; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing = at;
  return missing;
}

function medianSyncMs(file: string, times: number): number {
  const handle = openSync(file, 'w');
  try {
    const tookMs = Array.from({ length: times }, () => {
      const started = performance.now();
      writeSync(handle, 'x'.repeat(300));
      fdatasyncSync(handle);
      return performance.now() - started;
    });
    return tookMs.toSorted((a, b) => a - b)[Math.floor(times / 2)] as number;
  } finally {
    closeSync(handle);
  }
}

function freeBytes(path: string): number | null {
  try {
    const missing = firstMissing(path);
    const { bavail, bsize } = statfsSync(missing === null ? path : dirname(missing));
    return bavail * bsize;
  } catch {
    return null;
  }
}

function leftOpen(folder: string): readonly string[] {
  try {
    return readLeftovers(folder).flatMap(({ owner, pages }) => (owner === 'running' ? [] : pages.map((page) => page.dedupKey)));
  } catch {
    return [];
  }
}
