import type { KubeApi } from '../../../cluster/api.ts';
import type { Ran } from '../../../cluster/containers/at-once.ts';
import type { KubeObject } from '../../../cluster/objects.ts';
import type { ContainerTarget } from '../../../cluster/processes.ts';
import type { ObservationKind, UndoClass } from '../../../journal/timeline.ts';
import type { SimMs } from '../../../time/sim-time.ts';
import { plainText } from '../plain-text.ts';

/** What this kubectl works on: the cluster through its API, and what only a kubelet or a metrics server would know. */
export interface KubectlContext {
  readonly api: KubeApi;
  readonly nowMs: SimMs;
  /** Unix time in ms of simulated time 0; objects carry times of that clock. */
  readonly epochMs: number;
  readonly defaultNamespace: string;
  /** Lines of one container, oldest first. */
  readonly logs: (namespace: string, pod: string, container: string, query: LogQuery) => readonly LogLine[];
  /** What a pod or node (namespace '') uses now, or null where nothing has been measured. */
  readonly usage: (kind: 'pod' | 'node', namespace: string, name: string) => Usage | null;
  /** Runs a command in a container to its end. */
  readonly execute: (target: ContainerTarget, command: readonly string[]) => Ran;
  /** Runs a command in a container of an image that has all of a node, to its end; absent where there are no nodes to reach. */
  readonly executeOnNode?: (node: string, image: string, command: readonly string[]) => Ran;
  /**
   * True to only try: writes are sent with the API's own dry run and still listed in the answer, so that the caller
   * learns their undo classes before anything happens (U4 waits for the partner's confirmation).
   */
  readonly tryOnly?: boolean;
}

export interface LogQuery {
  /** The run before the container's last restart. */
  readonly previous: boolean;
  /** Only lines of the last so many ms; null for all. */
  readonly sinceMs: number | null;
  /** Only the last so many lines; null for all. */
  readonly tail: number | null;
}

export interface LogLine {
  readonly atMs: SimMs;
  readonly text: string;
}

export interface Usage {
  readonly cpuMilli: number;
  readonly memoryMiB: number;
}

export interface KubectlResult {
  /** Lines for the screen, control characters neutralised; errors stand where kubectl would print them. */
  readonly text: readonly string[];
  /** 0 done, 1 anything else, as kubectl exits. */
  readonly exitCode: number;
  /** What was looked at, as an `observed` fact wants it; null where the command showed nothing of the cluster. */
  readonly observation: KubectlObservation | null;
  /** What was written, in order, as `api-written` facts want it. Dry runs of the user's own are not in it. */
  readonly writes: readonly KubectlWrite[];
}

export interface KubectlObservation {
  readonly kind: ObservationKind;
  /** `deployment/checkout`, `pods` for a list, `*` for several kinds. */
  readonly target: string;
  /** Such as `kubectl get`; `kubectl get -o yaml` where a whole object was shown, which is a snapshot of it. */
  readonly tool: string;
}

/**
 * One write that the API answered. A refused one (code from 400 on) has changed nothing and has no way back.
 * At most one of `undo` and `restore` is set; both are null where nothing takes the write back, or nothing has to
 * (a restart, a pod that its controller replaces).
 */
export interface KubectlWrite {
  readonly verb: 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
  /** Plural, such as `deployments`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly undoClass: UndoClass;
  /** The kubectl line that takes it back. */
  readonly undo: string | null;
  /** The object to create again through the API: the way back from a delete, which no single line could carry. */
  readonly restore: KubeObject | null;
}

/** The answer while a command writes it. */
export class Answer {
  readonly #lines: string[] = [];
  readonly #writes: KubectlWrite[] = [];
  #exitCode = 0;
  #shown = false;
  #observation: KubectlObservation | null = null;

  /** Adds text, which may hold several lines. */
  print(...texts: readonly string[]): void {
    this.#shown = true;
    this.#add(texts);
  }

  /** Adds an error; the command goes on where it can and exits with 1. */
  fail(text: string): void {
    this.#add([text]);
    this.#exitCode = 1;
  }

  /** What was shown is bad news, by which kubectl exits with 1. */
  badNews(text: string): void {
    this.print(text);
    this.#exitCode = 1;
  }

  observed(observation: KubectlObservation): void {
    this.#observation ??= observation;
  }

  wrote(write: KubectlWrite): void {
    this.#writes.push(write);
  }

  get empty(): boolean {
    return this.#lines.length === 0;
  }

  /** An error alone shows nothing of the cluster: then there was no observation. */
  result(): KubectlResult {
    const observation = this.#exitCode === 0 || this.#shown ? this.#observation : null;
    return { text: this.#lines.map(plainText), exitCode: this.#exitCode, observation, writes: this.#writes };
  }

  #add(texts: readonly string[]): void {
    for (const text of texts) for (const line of text.split('\n')) this.#lines.push(line);
  }
}
