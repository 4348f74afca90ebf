import type { PodResponse, PodTarget, Processes, ProcessReceiver, Started } from '../../cluster/processes.ts';

/** A connection that goes on after its request, as bytes both ways: to a process in a container, or to ports of a pod. */
export type Upgrade = ProcessUpgrade | PortsUpgrade;

export interface ProcessUpgrade {
  readonly to: 'process';
  /** Whoever attaches hears that the process is over, but not with which code: that stands in the pod's status. */
  readonly verb: 'exec' | 'attach';
  /** Which streams the client wants; with `tty` it may also say how large its terminal is. */
  readonly streams: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean; readonly tty: boolean };
  start(receiver: ProcessReceiver): Started;
}

export interface PortsUpgrade {
  readonly to: 'ports';
  readonly target: PodTarget;
  /** As the container runtime calls the pod. */
  readonly sandboxId: string;
  /** Those that the request names; clients that open a stream for each connection name the port there instead. */
  readonly ports: readonly number[];
  readonly processes: Pick<Processes, 'listener' | 'request'>;
}

/** Asks something inside of the cluster, which takes simulated time; `respond` is called once, later or at once. */
export type AskLater = (respond: (response: PodResponse) => void) => void;
