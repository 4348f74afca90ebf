import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { complaintAt, failed } from './read-files.ts';
import type { LoadedScenario } from './read-files.ts';

/** Reads one scenario and its cluster from disk. Never rejects for what is in the files. */
export async function loadScenario(path: string): Promise<LoadedScenario> {
  const reader = new ScenarioReader();
  try {
    return await reader.load(path);
  } finally {
    await reader.close();
  }
}

/** Reads scenarios one after the other in a thread of its own, each within its time. To be closed. */
export class ScenarioReader {
  #worker: Worker | null = null;

  async load(path: string): Promise<LoadedScenario> {
    const worker = (this.#worker ??= startWorker());
    const loaded = await within(worker, path);
    if (typeof loaded !== 'string') return loaded;
    await this.close();
    return failed(basename(path), [complaintAt(basename(path), { problem: loaded, cure: 'Make it simpler.', rule: 'unreadable' })]);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

/** A scenario takes some tens of milliseconds of processor time; whatever takes this long means no good. */
const TIME_LIMIT_MS = 800;
/** On a machine that is too busy to run the thread, it may wait so long in all. */
const PATIENCE_MS = 10_000;

/** The scenario, or a sentence that says why reading it was given up. */
function within(worker: Worker, path: string): Promise<LoadedScenario | string> {
  const usedBefore = processorMs();
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | null = null;
    const startedMs = performance.now();
    const settle = (answer: LoadedScenario | string): void => {
      if (timer !== null) clearTimeout(timer);
      worker.off('message', onMessage).off('error', onError);
      resolve(answer);
    };
    const onTime = (): void => {
      if (processorMs() - usedBefore >= TIME_LIMIT_MS * 0.9 || performance.now() - startedMs >= PATIENCE_MS) settle(`The file takes more than ${TIME_LIMIT_MS} ms to read.`);
      else timer = setTimeout(onTime, TIME_LIMIT_MS / 4);
    };
    const onMessage = (message: LoadedScenario | 'reading'): void => {
      if (message === 'reading') timer = setTimeout(onTime, TIME_LIMIT_MS);
      else settle(message);
    };
    const onError = (error: Error & { code?: string }): void => {
      settle(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'The file takes too much memory to read.' : `The file cannot be read: ${error.message.split('\n')[0] ?? ''}.`);
    };
    worker.on('message', onMessage).on('error', onError);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(path);
  });
}

function startWorker(): Worker {
  // The bundle holds the worker beside this file; in the sources it is TypeScript, which Node reads as well.
  const script = import.meta.url.endsWith('.ts') ? './read-worker.ts' : './read-worker.mjs';
  return new Worker(new URL(script, import.meta.url), { resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 4 }, execArgv: [] });
}

/** Processor time of the whole process so far; all but the thread is idle meanwhile. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
