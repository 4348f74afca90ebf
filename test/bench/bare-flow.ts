import type { Layout } from '../../src/cluster/traffic/graph.ts';

/** How much there is to reckon in a tick. */
export interface FlowSize {
  /** Routes of programs, counted in each pod that runs them. */
  readonly cells: number;
  /** Steps of routes that call, query or look up, counted once for all pods that run the same. */
  readonly steps: number;
}

export function sizeOf(layout: Layout): FlowSize {
  const cells = layout.pods.reduce((total, pod) => total + pod.variant.routes.length, 0);
  const steps = layout.variants.reduce((total, variant) => total + variant.routes.reduce((sum, route) => sum + route.ops.length, 0), 0);
  return { cells, steps };
}

/**
 * The least that a fluid of requests can be: `ticks` ticks of one place with a queue for every cell and of one call for every
 * step, in straight lines of typed arrays, and nothing else: no objects, pools, dice, tracers, signals or drill. Returns
 * what is inside at the end.
 */
export function bareFlow({ cells, steps }: FlowSize, ticks: number): number {
  const inside = new Float64Array(cells);
  const waiting = new Float64Array(cells);
  const holdMs = new Float64Array(cells).fill(40);
  const callMs = new Float64Array(steps).fill(20);
  const failed = new Float64Array(steps);
  for (let tick = 0; tick < ticks; tick++) {
    for (let at = 0; at < cells; at++) {
      const hold = holdMs[at] as number;
      const keep = hold / (hold + 1_000);
      const want = (waiting[at] as number) + 5;
      const free = 64 - (inside[at] as number) * keep;
      const entering = Math.min(want, free / keep);
      waiting[at] = want - entering;
      inside[at] = ((inside[at] as number) + entering) * keep;
      holdMs[at] = 30 + 10 / (1.02 - (inside[at] as number) / 64);
    }
    for (let at = 0; at < steps; at++) {
      const ms = callMs[at] as number;
      const late = ms / (ms + 3_000);
      failed[at] = (failed[at] as number) * 0.5 + late * 0.5;
      callMs[at] = 20 + (holdMs[at % cells] as number) * (1 + (failed[at] as number)) * 0.5;
    }
  }
  return inside.reduce((sum, value) => sum + value, 0);
}
