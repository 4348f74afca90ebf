import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long one call may take before it counts as hanging. */
const PATIENCE_MS = 60_000;

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

/** One kubectl (or another client of the same kubeconfig), as a person at a terminal calls it. */
export class AKubectl {
  readonly program: string;
  /** Minor version: 32 of 1.32. */
  readonly minor: number;
  readonly kubeconfig: string;
  /** Where files for it lie; also its home. */
  readonly folder = mkdtempSync(join(tmpdir(), 'gameday-kubectl-'));

  constructor(program: string, minor: number, kubeconfig: string) {
    this.program = program;
    this.minor = minor;
    this.kubeconfig = kubeconfig;
  }

  /** Words as on a command line; `'…'` keeps spaces together. */
  run(line: string, { env = {}, stdin = '' }: RunOptions = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const child = execFile(this.program, wordsOf(line), { env: this.#environment(env), cwd: this.folder, encoding: 'utf8', timeout: PATIENCE_MS, maxBuffer: 64 * 1024 * 1024 }, (error, out, err) => {
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 255, out, err: error?.killed === true ? `${err}(hung)` : err });
      });
      child.stdin?.on('error', () => undefined).end(stdin);
    });
  }

  /** What it prints; throws what it said where it fails. */
  async ok(line: string, options: RunOptions = {}): Promise<string> {
    const { code, out, err } = await this.run(line, options);
    if (code !== 0) throw new Error(`${line}: exit ${code}: ${`${err}${out}`.trim().slice(0, 400)}`);
    return out;
  }

  /** What it says on its error output when it fails; throws where it does not. */
  async refused(line: string, options: RunOptions = {}): Promise<string> {
    const { code, out, err } = await this.run(line, options);
    if (code === 0) throw new Error(`${line}: was to be refused, printed ${out.slice(0, 200)}`);
    return err;
  }

  /** Runs a command that goes on by itself: acts once it has begun to print (or after `afterMs`), stops it when it has printed `until`. */
  async following(line: string, act: (said: string) => Promise<unknown>, until: RegExp): Promise<string> {
    const child = spawn(this.program, wordsOf(line), { env: this.#environment({}), cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    return new Promise((resolve, reject) => {
      let out = '';
      let acted = false;
      const tooLong = setTimeout(() => {
        child.kill('SIGKILL');
        reject(new Error(`${line}: never printed ${until.source}, but ${out.slice(-300)}`));
      }, PATIENCE_MS);
      const heard = (chunk: Buffer): void => {
        out += chunk.toString();
        if (!acted) {
          acted = true;
          act(out).catch(reject);
        }
        if (until.test(out)) child.kill('SIGINT');
      };
      child.stdout.on('data', heard);
      child.stderr.on('data', heard);
      child.on('error', reject).on('close', () => {
        clearTimeout(tooLong);
        resolve(out);
      });
    });
  }

  /** Starts a command that goes on by itself, acts once it has said something, and stops it; what came of the act. */
  async during<Value>(line: string, act: (said: string) => Promise<Value>): Promise<Value> {
    const child = spawn(this.program, wordsOf(line), { env: this.#environment({}), cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const closed = new Promise<void>((resolve) => { child.once('close', () => resolve()); });
    try {
      const said = await new Promise<string>((resolve, reject) => {
        for (const output of [child.stdout, child.stderr]) output.once('data', (chunk: Buffer) => resolve(chunk.toString()));
        child.once('error', reject).once('close', () => reject(new Error(`${line}: ended without a word`)));
      });
      return await act(said);
    } finally {
      child.kill('SIGINT');
      await closed;
    }
  }

  /** Writes a file for it and returns its path. */
  file(name: string, content: string | object): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  #environment(extra: Readonly<Record<string, string>>): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.folder, KUBECONFIG: this.kubeconfig, ...extra };
  }
}

function wordsOf(line: string): string[] {
  return [...line.matchAll(/((?:[^\s']|'[^']*')+)/g)].map(([word]) => word.replace(/'([^']*)'/g, '$1'));
}

/** The minor version of a kubectl, or null where the program is none. */
export function kubectlMinor(program: string): number | null {
  try {
    const { clientVersion } = JSON.parse(execFileSync(program, ['version', '--client', '--output=json'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })) as { clientVersion: { minor: string } };
    return Number.parseInt(clientVersion.minor, 10);
  } catch {
    return null;
  }
}
