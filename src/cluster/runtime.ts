import type { LifecycleHandler, Probe } from 'kubernetes-types/core/v1';
import type { KindMap } from './objects.ts';

type Pod = KindMap['Pod'];

/**
 * What runs inside containers, as the kubelet finds it. The traffic model is the real one; controllers know only this.
 * Times in simulated milliseconds.
 */
export interface ContainerRuntime {
  /** Whether the registry has the image for this pod; else the kubelet's own words for why not. */
  pull(image: string, pod: Pod): { readonly ok: true; readonly tookMs: number; readonly sizeBytes?: number } | { readonly ok: false; readonly message: string };
  /** What the container does when it is started in this pod. `exited` is called where it is not known beforehand when it ends. */
  start(pod: Pod, container: string, exited: (end: ContainerEnd) => void): ContainerStart;
  /** Whether a probe of a running container succeeds now; `answer` is called at once or later. */
  probe(pod: Pod, container: string, probe: { readonly kind: 'startup' | 'readiness' | 'liveness'; readonly spec: Probe }, answer: (answer: ProbeAnswer) => void): void;
  /** Runs a lifecycle hook; `done` gets what was wrong, or null. False where it has none to run. */
  runHook(pod: Pod, container: string, handler: LifecycleHandler, done: (problem: string | null) => void): boolean;
  /** Tells the container's process to end. False where it does so in its own time without telling. */
  terminate(pod: Pod, container: string): boolean;
  /** The container stopped: connections drop, memory is gone. */
  stopped(pod: Pod, container: string): void;
  /** The pod is gone from its node. */
  removed(pod: Pod): void;
  /** Whether an image's own user is root; null where that is not known. */
  runsAsRoot(image: string): boolean | null;
}

export interface ContainerEnd {
  readonly exitCode: number;
  readonly reason: 'Error' | 'OOMKilled' | 'Completed';
  /** What it left for whoever asks why; '' where nothing. */
  readonly message: string;
}

export interface ProbeAnswer {
  readonly ok: boolean;
  /** What follows `Readiness probe failed: `; null for the usual words. */
  readonly output: string | null;
  /** Whether it stays like this until the kubelet is told otherwise: else it asks again and again. */
  readonly steady: boolean;
}

export type ContainerStart =
  /** Serves from `readyAfterMs` on, as its readiness probe will find. */
  | { readonly outcome: 'runs'; readonly readyAfterMs: number }
  /** A process of its own that serves at once, heeds signals and tells when it ends. */
  | { readonly outcome: 'lives' }
  /** Ends by itself: a crash. Serves from `readyAfterMs` on where it lives that long. */
  | { readonly outcome: 'exits'; readonly readyAfterMs?: number; readonly afterMs: number; readonly exitCode: number; readonly reason: 'Error' | 'OOMKilled' | 'Completed' }
  /** The container runtime cannot start it: its command is not there. */
  | { readonly outcome: 'fails'; readonly exitCode: number; readonly message: string };

/** What a pod uses now, as the metrics server would have it; null where it has not measured the pod. */
export interface PodMetrics {
  podUsage(pod: KindMap['Pod']): { readonly cpuMilli: number; readonly memoryBytes: number } | null;
}
