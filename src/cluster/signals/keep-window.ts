import type { SimMs } from '../../time/sim-time.ts';
import type { Flow } from '../traffic/flow.ts';
import type { Op, PodFlow, RouteFlow, Variant } from '../traffic/graph.ts';
import { whyFails } from '../traffic/failure.ts';
import { varianceOf } from '../traffic/pod-flow.ts';
import { ROUTE, ROUTE_FIELDS, type RouteWords, STEP_FIELDS, type UnreadRecord, type VariantPlan, type WindowPlan, type WindowRecord } from './windows.ts';

/** What log lines of a window will be made of, as the window ends. */
export function keepWindow({ layout, topics }: Pick<Flow, 'layout' | 'topics'>, endMs: SimMs): WindowRecord {
  const { plan, samples } = planOf(layout);
  const numbers = new Float64Array(plan.length);
  let words: Map<number, RouteWords> | null = null;
  for (const { pod, routes } of samples) {
    for (let at = 0; at < routes.length; at++) {
      const from = routes[at] as number;
      keepRoute(numbers, from, pod, at);
      const said = wordsOf(pod, pod.variant.routes[at] as RouteFlow);
      if (said !== null) (words ??= new Map()).set(from, said);
    }
  }
  return { endMs, plan, numbers, words, unread: unreadIn(topics) };
}

/** What the groups of consumers cannot read now, each partition by the pod that has it. */
function unreadIn({ groups }: Flow['topics']): UnreadRecord[] | null {
  let unread: UnreadRecord[] | null = null;
  for (const { key, pods, partitions, unreadable, spec: { route } } of groups.values()) {
    for (const { partition, offset } of unreadable) {
      const pod = pods[partition % Math.max(1, Math.min(pods.length, partitions))];
      if (pod !== undefined) (unread ??= []).push({ namespace: pod.namespace, name: pod.name, topic: key.slice(key.lastIndexOf('/') + 1), route, partition, offset });
    }
  }
  return unread;
}

/** A plan, and of each variant the pod whose waits stand for those of all. */
interface Planned {
  readonly plan: WindowPlan;
  readonly samples: readonly { readonly pod: PodFlow; readonly routes: readonly number[] }[];
}

/** Made once for all windows until the layout changes. */
function planOf(layout: Flow['layout']): Planned {
  let planned = plans.get(layout.pods);
  if (planned === undefined) {
    planned = newPlan(layout.pods);
    plans.set(layout.pods, planned);
  }
  return planned;
}

const plans = new WeakMap<readonly PodFlow[], Planned>();

function newPlan(pods: readonly PodFlow[]): Planned {
  let length = 0;
  const variants = new Map<Variant, VariantPlan & { pods: number }>();
  const samples: { pod: PodFlow; routes: readonly number[] }[] = [];
  for (const pod of pods) {
    let known = variants.get(pod.variant);
    if (known === undefined) {
      const routes = pod.variant.routes.map(({ ops }) => {
        const from = length;
        length += ROUTE_FIELDS + ops.length * STEP_FIELDS;
        return from;
      });
      known = { pods: 0, routes };
      variants.set(pod.variant, known);
      samples.push({ pod, routes });
    }
    if (works(pod)) known.pods++;
  }
  return { plan: { pods: pods.map((pod) => ({ namespace: pod.namespace, name: pod.name, run: pod.run, variant: pod.variant, serving: works(pod) })), variants, length }, samples };
}

/** Behind a Service, or busy with work that nobody sends. */
function works({ serving, batch, variant }: PodFlow): boolean {
  return serving || batch !== null || variant.program.consumes !== undefined;
}

function keepRoute(numbers: Float64Array, from: number, pod: PodFlow, at: number): void {
  const route = pod.variant.routes[at] as RouteFlow;
  const meanMs = pod.threads.backlogWaitMs + pod.threads.chanceWaitMs + (pod.holdMs[at] as number);
  const spreadMs = Math.min(meanMs, Math.sqrt(varianceOf(pod, at)));
  let noConnection = 0;
  for (let nth = 0; nth < pod.pools.length; nth++) {
    if ((route.poolShare[nth] as number) !== 0) noConnection = Math.max(noConnection, (pod.pools[nth] as PodFlow['pools'][number]).fail);
  }
  numbers[from + ROUTE.startedPerS] = route.startedPerS;
  numbers[from + ROUTE.failShare] = route.failShare;
  numbers[from + ROUTE.defectShare] = 1 - (1 - pod.variant.version.errors) * (1 - pod.hardship.errors);
  numbers[from + ROUTE.detMs] = meanMs - spreadMs;
  numbers[from + ROUTE.spreadMs] = spreadMs;
  numbers[from + ROUTE.noConnection] = noConnection;
  numbers[from + ROUTE.starvedShare] = pod.wear.starved;
  numbers[from + ROUTE.collecting] = Math.max(pod.wear.collecting, pod.hardship.pauses);
  for (let nth = 0; nth < route.ops.length; nth++) {
    const op = route.ops[nth] as Op;
    const step = from + ROUTE_FIELDS + nth * STEP_FIELDS;
    numbers[step] = route.startedPerS * op.nowShare;
    numbers[step + 1] = op.ms;
    numbers[step + 2] = op.fail;
    numbers[step + 3] = op.late;
    numbers[step + 4] = op.attempts;
  }
}

/** What failures of a route say now; null where they have nothing to say. */
function wordsOf(pod: PodFlow, route: RouteFlow): RouteWords | null {
  const whys = route.ops.some((op) => whyFails(op) !== null) ? route.ops.map(whyFails) : null;
  return whys === null && pod.hardship.says === null ? null : { defectSays: pod.hardship.says, whys };
}
