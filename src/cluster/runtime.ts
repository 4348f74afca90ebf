import type { KindMap } from './objects.ts';

/**
 * What runs inside containers, as the kubelet finds it. The traffic model is the real one; controllers know only this.
 * Times in simulated milliseconds.
 */
export interface ContainerRuntime {
  /** Whether the registry has the image; else the kubelet's own words for why not. */
  pull(image: string): { readonly ok: true; readonly tookMs: number } | { readonly ok: false; readonly message: string };
  /** What the container does when it is started in this pod. */
  start(pod: KindMap['Pod'], container: string): ContainerStart;
  /** Whether a probe of a running container succeeds now. */
  probe(pod: KindMap['Pod'], container: string, probe: 'readiness' | 'liveness'): boolean;
  /** The container stopped: connections drop, memory is gone. */
  stopped(pod: KindMap['Pod'], container: string): void;
}

export type ContainerStart =
  /** Serves from `readyAfterMs` on, as its readiness probe will find. */
  | { readonly outcome: 'runs'; readonly readyAfterMs: number }
  /** Ends by itself: a crash. Serves from `readyAfterMs` on where it lives that long. */
  | { readonly outcome: 'exits'; readonly readyAfterMs?: number; readonly afterMs: number; readonly exitCode: number; readonly reason: 'Error' | 'OOMKilled' | 'Completed' };

/** What a pod uses now, as the metrics server would have it; null where it has not measured the pod. */
export interface PodMetrics {
  podUsage(pod: KindMap['Pod']): { readonly cpuMilli: number; readonly memoryBytes: number } | null;
}
