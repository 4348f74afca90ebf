import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** A program that runs without a terminal. */
interface RunningProgram {
  /** Settles with its exit code, null where it was stopped; 127 where it could not be started. Never rejects. */
  readonly ended: Promise<number | null>;
  /** Asks it to stop, as Ctrl-C does; asked again, ends it. */
  stop(): void;
}

/** Starts a program with nothing to read; `onOutput` hears what it prints, errors and all, as it comes. */
export function startProgram(path: string, words: readonly string[], env: NodeJS.ProcessEnv, onOutput: (text: string) => void): RunningProgram {
  const child = spawn(path, [...words], { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput);
  let stopped = false;
  const ended = new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      onOutput(`${path} could not be started: ${error.message}\n`);
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(signal !== null || stopped ? null : code));
  });
  return {
    ended,
    stop: () => {
      child.kill(stopped ? 'SIGKILL' : 'SIGINT');
      stopped = true;
    },
  };
}

/** Runs a program on this terminal until it ends; nobody else may read from it or write to it meanwhile. Settles with its exit code. */
export function runOnTerminal(path: string, words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise<number>((resolve) => {
    const child = spawn(path, [...words], { env, stdio: 'inherit' });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 130));
  });
}

/** Where a program is: what `GAMEDAY_KUBECTL` or `GAMEDAY_HELM` names, else the first of its name on the PATH; null where there is none. */
export function findProgram(name: 'kubectl' | 'helm', env: Readonly<Record<string, string | undefined>>): string | null {
  const named = env[`GAMEDAY_${name.toUpperCase()}`];
  if (named !== undefined && named !== '') return isProgram(named) ? named : null;
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  return folders.flatMap((folder) => suffixes.map((suffix) => join(folder, name + suffix))).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
