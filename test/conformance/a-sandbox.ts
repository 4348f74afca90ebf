import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A sandbox as a person starts one: the built program in a process of its own. Runs in the repository. */
export class ASandbox {
  readonly kubeconfig: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, kubeconfig: string) {
    this.#child = child;
    this.#folder = folder;
    this.kubeconfig = kubeconfig;
  }

  /** Resolves when it says that it is ready; `speed` in simulated seconds for each real one. */
  static async start(cluster: string, speed: number): Promise<ASandbox> {
    const folder = mkdtempSync(join(tmpdir(), 'gameday-sandbox-'));
    const kubeconfig = join(folder, 'kubeconfig');
    const child = spawn(process.execPath, ['dist/gameday.mjs', 'sandbox', cluster, '--speed', String(speed), '--kubeconfig', kubeconfig, '--json', '--for', '30m'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('error', reject).once('exit', (code) => reject(new Error(`the sandbox ended with ${String(code)}`)));
    });
    return new ASandbox(child, folder, kubeconfig);
  }

  async stop(): Promise<void> {
    const ended = new Promise<void>((resolve) => { this.#child.once('exit', () => resolve()); });
    this.#child.removeAllListeners('exit').once('exit', () => undefined);
    this.#child.kill('SIGTERM');
    await Promise.race([ended, new Promise<void>((resolve) => { this.#child.once('close', () => resolve()); })]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
