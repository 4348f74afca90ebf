import { Agent, request } from 'node:https';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import { BENCH_TOKEN } from './api-bench-server.ts';

/** What the client's thread is asked to do. `headers` beside the token. */
export type Errand =
  /** The same request `times` times, `abreast` at once. */
  | { readonly do: 'ask'; readonly method: string; readonly path: string; readonly bodies: readonly string[]; readonly times: number; readonly abreast: number; readonly perS?: number; readonly type?: string }
  /** Opens `watchers` watches, says so, and goes on until each has heard `events` events. */
  | { readonly do: 'watch'; readonly path: string; readonly watchers: number; readonly events: number };

export interface Outcome {
  readonly tookMs: number;
  /** Of each request, in ms; of watches, when each event was heard, in ms of {@link nowMs}. */
  readonly ms: readonly number[];
}

interface Task {
  readonly port: number;
  readonly ca: string;
  readonly errand: Errand;
}

/** A clock that all threads of the process share, in ms. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A client on a thread of its own, so that what is measured is the server. `onReady` is called when its watches stand. */
export function client(server: { readonly port: number; readonly ca: string }, errand: Errand, onReady: () => void = () => undefined): Promise<Outcome> {
  const worker = new Worker(process.argv[1] as string, { workerData: { ...server, errand } satisfies Task, execArgv: [] });
  return new Promise((resolve, reject) => {
    worker.on('message', (message: Outcome | 'ready') => (message === 'ready' ? onReady() : resolve(message)));
    worker.on('error', reject);
  });
}

/** What the client's thread runs. */
export async function runErrand(): Promise<void> {
  const { port, ca, errand } = workerData as Task;
  const outcome = errand.do === 'ask' ? await askFromHere({ port, ca }, errand) : await watch(port, ca, errand);
  parentPort?.postMessage(outcome);
}

/** The same as {@link client}, on this thread. */
export async function askFromHere({ port, ca }: { readonly port: number; readonly ca: string }, errand: Extract<Errand, { do: 'ask' }>): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: errand.abreast, ca, servername: 'localhost' });
  const ms: number[] = [];
  let next = 0;
  const startMs = nowMs();
  const lane = async (): Promise<void> => {
    for (let nth = next++; nth < errand.times; nth = next++) {
      if (errand.perS !== undefined) await until(startMs + (nth * 1000) / errand.perS);
      const beganMs = nowMs();
      await once(agent, port, errand, errand.bodies[nth % Math.max(1, errand.bodies.length)] ?? '');
      ms.push(nowMs() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: errand.abreast }, lane));
  agent.destroy();
  return { tookMs: nowMs() - startMs, ms };
}

function until(atMs: number): Promise<void> {
  const waitMs = atMs - nowMs();
  return waitMs <= 0 ? Promise.resolve() : new Promise((resolve) => { setTimeout(resolve, waitMs); });
}

function once(agent: Agent, port: number, { method, path, type = 'application/json' }: Extract<Errand, { do: 'ask' }>, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${BENCH_TOKEN}`, ...(body === '' ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }) };
    const call = request({ host: '127.0.0.1', port, method, path, agent, headers }, (response) => {
      response.resume();
      response.on('end', () => ((response.statusCode ?? 500) < 300 ? resolve() : reject(new Error(`bench: ${method} ${path}: ${String(response.statusCode)}`)))).on('error', reject);
    });
    call.on('error', reject).end(body);
  });
}

function watch(port: number, ca: string, { path, watchers, events }: Extract<Errand, { do: 'watch' }>): Promise<Outcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: watchers, ca, servername: 'localhost' });
  const startMs = nowMs();
  const ms: number[] = [];
  let open = 0;
  return new Promise((resolve, reject) => {
    for (let nth = 0; nth < watchers; nth++) {
      request({ host: '127.0.0.1', port, path, agent, headers: { authorization: `Bearer ${BENCH_TOKEN}` } }, (response) => {
        if (++open === watchers) parentPort?.postMessage('ready');
        response.on('data', (chunk: Buffer) => {
          const heardMs = nowMs();
          for (const byte of chunk) if (byte === 10) ms.push(heardMs);
          if (ms.length !== watchers * events) return;
          agent.destroy();
          resolve({ tookMs: nowMs() - startMs, ms });
        }).on('error', () => undefined);
      }).on('error', reject).end();
    }
  });
}
