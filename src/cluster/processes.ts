/**
 * What people reach inside of containers: commands, the main process's own streams, and ports. In process and at once,
 * like every other input of the cluster; what takes time comes later, through the receiver, from the agenda.
 */
export interface Processes {
  /** Starts a command in a running container, as `kubectl exec` asks. */
  exec(target: ContainerTarget, command: readonly string[], options: ProcessOptions, receiver: ProcessReceiver): Started;
  /** Joins the container's own process, as `kubectl attach` and `kubectl run -it` ask: its output from now on, and its input. */
  attach(target: ContainerTarget, options: ProcessOptions, receiver: ProcessReceiver): Started;
  /** What listens on a port of a pod; null where nothing does, and connections are refused. */
  listener(target: PodTarget, port: number): 'http' | 'tcp' | null;
  /** Asks the HTTP server on a port of a pod; `respond` is called once, after the simulated time that it takes. */
  request(target: PodTarget, port: number, request: PodRequest, respond: (response: PodResponse) => void): void;
}

export interface PodTarget {
  readonly namespace: string;
  readonly pod: string;
}

export interface ContainerTarget extends PodTarget {
  readonly container: string;
}

export interface ProcessOptions {
  /** Without it the process reads an input that has ended. */
  readonly stdin: boolean;
  /** With a terminal, errors come out with the other output and lines end in `\r\n`. */
  readonly tty: boolean;
}

/** Hears a process. Nothing more comes after `exited`. */
export interface ProcessReceiver {
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  exited(code: number): void;
}

/** What the client does to a process. After `exited` all of it is ignored. */
export interface RunningProcess {
  stdin(bytes: Uint8Array): void;
  endStdin(): void;
  resize(columns: number, rows: number): void;
  /** The client is gone: the process is told to end where it is not the container's own. */
  hangUp(): void;
}

export type Started =
  | { readonly ok: true; readonly process: RunningProcess }
  /** The words of the kubelet or the container runtime, such as `container not found ("app")`; with 500 they are told to a client that is connected already. */
  | { readonly ok: false; readonly code: 400 | 404 | 500; readonly message: string };

export interface PodRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface PodResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}
