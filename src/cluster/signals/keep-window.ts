import type { SimMs } from '../../time/sim-time.ts';
import type { Layout, Op, PodFlow, Variant } from '../traffic/graph.ts';
import { whyFails } from '../traffic/failure.ts';
import { varianceOf } from '../traffic/pod-flow.ts';
import { type RouteRecord, STEP_FIELDS, type WindowRecord } from './windows.ts';

/** What log lines of a window will be made of, as the window ends. */
export function keepWindow(layout: Layout, endMs: SimMs): WindowRecord {
  const samples = new Map<Variant, { pod: PodFlow; serving: number }>();
  for (const pod of layout.pods) {
    const sample = samples.get(pod.variant);
    if (sample === undefined) samples.set(pod.variant, { pod, serving: works(pod) ? 1 : 0 });
    else if (works(pod)) sample.serving++;
  }
  return {
    endMs,
    pods: podsOf(layout),
    variants: new Map([...samples].map(([variant, { pod, serving }]) => [variant, { pods: serving, routes: variant.routes.map((_, at) => routeRecord(pod, at)) }])),
  };
}

/** Behind a Service, or busy with work that nobody sends. */
function works({ serving, batch, variant }: PodFlow): boolean {
  return serving || batch !== null || variant.program.consumes !== undefined;
}

/** The pods of a layout, made once for all windows until the layout changes. */
function podsOf(layout: Layout): WindowRecord['pods'] {
  let pods = podsOfLayout.get(layout.pods);
  if (pods === undefined) {
    pods = layout.pods.map((pod) => ({ namespace: pod.namespace, name: pod.name, run: pod.run, variant: pod.variant, serving: works(pod) }));
    podsOfLayout.set(layout.pods, pods);
  }
  return pods;
}

const podsOfLayout = new WeakMap<readonly PodFlow[], WindowRecord['pods']>();

function routeRecord(pod: PodFlow, at: number): RouteRecord {
  const route = pod.variant.routes[at] as Variant['routes'][number];
  const ops = new Float64Array(route.ops.length * STEP_FIELDS);
  for (let nth = 0; nth < route.ops.length; nth++) {
    const op = route.ops[nth] as Op;
    const from = nth * STEP_FIELDS;
    ops[from] = route.startedPerS * op.nowShare;
    ops[from + 1] = op.ms;
    ops[from + 2] = op.fail;
    ops[from + 3] = op.late;
    ops[from + 4] = op.attempts;
  }
  const whys = route.ops.map(whyFails);
  let noConnection = 0;
  const meanMs = pod.threads.backlogWaitMs + pod.threads.chanceWaitMs + (pod.holdMs[at] as number);
  const spreadMs = Math.min(meanMs, Math.sqrt(varianceOf(pod, at)));
  for (let nth = 0; nth < pod.pools.length; nth++) {
    const pool = pod.pools[nth] as PodFlow['pools'][number];
    const share = route.poolShare[nth] as number;
    if (share === 0) continue;
    noConnection = Math.max(noConnection, pool.fail);
  }
  return { startedPerS: route.startedPerS, failShare: route.failShare, defectShare: 1 - (1 - pod.variant.version.errors) * (1 - pod.hardship.errors), defectSays: pod.hardship.says, detMs: meanMs - spreadMs, spreadMs, noConnection, ops, whys: whys.some((why) => why !== null) ? whys : null, starvedShare: pod.wear.starved, collecting: Math.max(pod.wear.collecting, pod.hardship.pauses) };
}
