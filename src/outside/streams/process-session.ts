import type { ProcessReceiver, RunningProcess, Started } from '../../cluster/processes.ts';
import type { ProcessUpgrade } from '../../kube-api/connecting/upgrade.ts';

/** A client that comes so slowly that this much waits for it never will. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;

/** One client's way of hearing a process: streams of SPDY, or channels of a WebSocket. */
export interface ProcessWire {
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  /** A `Status` says how it ended; nothing comes after it. */
  ended(status: object): void;
}

/** A process and the client that it was started for. What it says before the client is connected waits. */
export class ProcessSession implements ProcessReceiver {
  readonly #upgrade: ProcessUpgrade;
  /** Brings simulated time to now; called before anything is done to the process. */
  readonly #catchUp: () => void;
  #process: RunningProcess | null = null;
  #wire: ProcessWire | null = null;
  #waiting: ((wire: ProcessWire) => void)[] = [];
  #waitingBytes = 0;
  #over = false;

  constructor(upgrade: ProcessUpgrade, catchUp: () => void) {
    this.#upgrade = upgrade;
    this.#catchUp = catchUp;
  }

  /** Null where it runs; else why it does not. That the container is not there is known before the client is let in. */
  start(): Extract<Started, { ok: false }> | null {
    const started = this.#upgrade.start(this);
    if (started.ok) {
      this.#process = started.process;
      return null;
    }
    if (started.code !== 500) return started;
    this.#end(internalError(started.message));
    return null;
  }

  connect(wire: ProcessWire): void {
    this.#wire = wire;
    for (const say of this.#waiting.splice(0)) say(wire);
  }

  stdout(bytes: Uint8Array): void {
    if (this.#upgrade.streams.stdout) this.#say((wire) => wire.stdout(bytes), bytes.length);
  }

  stderr(bytes: Uint8Array): void {
    const { streams } = this.#upgrade;
    if (streams.tty) this.stdout(bytes);
    else if (streams.stderr) this.#say((wire) => wire.stderr(bytes), bytes.length);
  }

  exited(code: number): void {
    this.#end(code === 0 || this.#upgrade.verb === 'attach' ? SUCCESS : nonZero(code));
  }

  input(bytes: Uint8Array): void {
    this.#with((process) => process.stdin(bytes));
  }

  endInput(): void {
    this.#with((process) => process.endStdin());
  }

  /** `{"Width":80,"Height":24}`, as clients say it; anything else is not heard. */
  resize(text: string): void {
    const size = sizeIn(text);
    if (size !== null && this.#upgrade.streams.tty) this.#with((process) => process.resize(size.columns, size.rows));
  }

  hangUp(): void {
    this.#with((process) => process.hangUp());
    this.#over = true;
    this.#waiting = [];
  }

  #with(act: (process: RunningProcess) => void): void {
    if (this.#over || this.#process === null) return;
    this.#catchUp();
    act(this.#process);
  }

  #end(status: object): void {
    this.#say((wire) => wire.ended(status));
    this.#over = true;
  }

  #say(say: (wire: ProcessWire) => void, bytes = 0): void {
    if (this.#over) return;
    if (this.#wire !== null) return say(this.#wire);
    this.#waiting.push(say);
    this.#waitingBytes += bytes;
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.hangUp();
  }
}

const SUCCESS = { metadata: {}, status: 'Success' } as const;

/** As `ServeExec` of k8s.io/kubelet says it. */
function nonZero(code: number): object {
  return {
    metadata: {}, status: 'Failure', message: `command terminated with non-zero exit code: command terminated with exit code ${code}`, reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}

/** As `NewInternalError` of k8s.io/apimachinery says it. */
export function internalError(message: string): object {
  return { metadata: {}, status: 'Failure', message: `Internal error occurred: ${message}`, reason: 'InternalError', details: { causes: [{ message }] }, code: 500 };
}

function sizeIn(text: string): { readonly columns: number; readonly rows: number } | null {
  try {
    const { Width, Height } = JSON.parse(text) as { readonly Width?: unknown; readonly Height?: unknown };
    return isSize(Width) && isSize(Height) ? { columns: Width, rows: Height } : null;
  } catch {
    return null;
  }
}

/** What a `uint16` holds. */
function isSize(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 65_536;
}
