import type { ContainerTarget, PodRequest, PodResponse, PodTarget, Processes, ProcessOptions, ProcessReceiver, RunningProcess, Started } from '../../cluster/processes.ts';
import type { Fact, Happening, Received, SeatId } from '../../journal/timeline.ts';
import { digest } from '../../time/dice.ts';
import { bytesOf, received } from './received.ts';

/** What a client asked to be run in a container, or to be joined with what runs there. */
export interface ProcessStart {
  readonly seat: SeatId;
  readonly verb: 'exec' | 'attach';
  readonly target: ContainerTarget;
  /** [] where it joins. */
  readonly command: readonly string[];
  readonly options: ProcessOptions;
}

/** A request to what listens in a pod. */
export interface PodCall {
  readonly seat: SeatId;
  readonly target: PodTarget;
  readonly port: number;
  readonly request: PodRequest;
}

/** What a client did to its process. */
export type ProcessInput = Omit<Fact<'process-told'>, 'seq' | 'atMs' | 'causeSeq' | 'type'>;

/** Where what people do inside of containers becomes facts: each process that they start, what they type, how it ends. */
export class ProcessDesk {
  readonly #emit: (happening: Happening, causeSeq: number | null) => Fact;
  readonly #running = new Map<number, RunningProcess>();

  constructor(emit: (happening: Happening, causeSeq: number | null) => Fact) {
    this.#emit = emit;
  }

  /** The process that it returns writes down what it is told. */
  start(processes: Processes, { seat, verb, target, command, options }: ProcessStart, receiver: ProcessReceiver): Started {
    const { namespace, pod, container } = target;
    const { seq } = this.#emit({ type: 'process-started', seat, verb, namespace, pod, container, command, stdin: options.stdin, tty: options.tty }, null);
    const heard = new Heard(receiver, (code, shown) => {
      this.#running.delete(seq);
      this.#emit({ type: 'process-exited', seat, code, shown }, seq);
    });
    const started = verb === 'exec' ? processes.exec(target, command, options, heard) : processes.attach(target, options, heard);
    if (!started.ok) {
      this.#emit({ type: 'process-exited', seat, code: started.code, shown: digest(started.message) }, seq);
      return started;
    }
    if (!heard.over) this.#running.set(seq, started.process);
    const tell = (input: ProcessInput): void => this.tell(seq, input);
    return {
      ok: true,
      process: {
        stdin: (bytes) => tell({ seat, what: 'typed', data: received(bytes), columns: null, rows: null }),
        endStdin: () => tell({ seat, what: 'closed', data: null, columns: null, rows: null }),
        resize: (columns, rows) => tell({ seat, what: 'resized', data: null, columns, rows }),
        hangUp: () => tell({ seat, what: 'left', data: null, columns: null, rows: null }),
      },
    };
  }

  /** Asks what listens on a port of a pod; the answer comes after the simulated time that it takes. */
  ask(processes: Processes, { seat, target, port, request }: PodCall, respond: (response: PodResponse) => void): void {
    const { method, path, headers, body } = request;
    const { seq } = this.#emit({ type: 'pod-asked', seat, ...target, port, method, path, headers, body: received(body) }, null);
    processes.request(target, port, request, (response) => {
      this.#emit({ type: 'pod-answered', seat, status: response.status, shown: digest(latin1(response.body)) }, seq);
      respond(response);
    });
  }

  /** Does nothing once the process has ended. */
  tell(seq: number, input: ProcessInput): void {
    const run = this.#running.get(seq);
    if (run === undefined) return;
    this.#emit({ type: 'process-told', ...input }, seq);
    DO[input.what](run, input);
  }
}

const DO = {
  typed: (run, { data }) => run.stdin(bytesOf(data)),
  closed: (run) => run.endStdin(),
  resized: (run, { columns, rows }) => run.resize(columns ?? 80, rows ?? 24),
  left: (run) => run.hangUp(),
} as const satisfies Record<ProcessInput['what'], (run: RunningProcess, input: { readonly data: Received | null; readonly columns: number | null; readonly rows: number | null }) => void>;

/** Passes on what a process prints, and keeps a digest of each of its streams. */
class Heard implements ProcessReceiver {
  over = false;
  readonly #receiver: ProcessReceiver;
  readonly #onExit: (code: number, shown: string) => void;
  #out = '';
  #err = '';

  constructor(receiver: ProcessReceiver, onExit: (code: number, shown: string) => void) {
    this.#receiver = receiver;
    this.#onExit = onExit;
  }

  stdout(bytes: Uint8Array): void {
    this.#out = digest(this.#out + latin1(bytes));
    this.#receiver.stdout(bytes);
  }

  stderr(bytes: Uint8Array): void {
    this.#err = digest(this.#err + latin1(bytes));
    this.#receiver.stderr(bytes);
  }

  exited(code: number): void {
    this.over = true;
    this.#onExit(code, digest(`${this.#out} ${this.#err}`));
    this.#receiver.exited(code);
  }
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
