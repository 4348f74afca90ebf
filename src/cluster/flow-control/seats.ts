import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

type Level = KindMap['PriorityLevelConfiguration'];

/** What the API server serves at once in all: `--max-requests-inflight` and `--max-mutating-requests-inflight`. */
const ALL_SEATS = 600;

/** How many requests a priority level serves at once, and how many may wait in one flow; null where nothing limits it. */
export interface Seats {
  /** By its shares. */
  readonly nominal: number;
  /** With what the others, idle, lend it. */
  readonly most: number;
  /** 0 where it turns away at once. */
  readonly waiting: number;
}

/** Source: pkg/util/flowcontrol/apf_controller.go of k8s.io/apiserver, for one level that is full while the others are not. */
export function seatsOf(store: ObjectStore, level: Level): Seats | null {
  const { limited } = level.spec ?? {};
  if (level.spec?.type !== 'Limited' || limited === undefined) return null;
  const all = store.list('PriorityLevelConfiguration', null);
  let shares = 0;
  for (const each of all) shares += sharesOf(each);
  const nominalOf = (each: Level): number => Math.ceil((ALL_SEATS * sharesOf(each)) / Math.max(1, shares));
  let lent = 0;
  for (const each of all) if (each.metadata.name !== level.metadata.name) lent += Math.round((nominalOf(each) * (each.spec?.limited?.lendablePercent ?? 0)) / 100);
  const nominal = nominalOf(level);
  const borrows = limited.borrowingLimitPercent === undefined ? lent : Math.min(lent, (nominal * limited.borrowingLimitPercent) / 100);
  const queuing = limited.limitResponse?.type === 'Queue' ? limited.limitResponse.queuing : undefined;
  return { nominal, most: Math.max(1, Math.floor(nominal + borrows)), waiting: limited.limitResponse?.type === 'Queue' ? (queuing?.handSize ?? 8) * (queuing?.queueLengthLimit ?? 50) : 0 };
}

function sharesOf({ spec }: Level): number {
  return spec?.limited?.nominalConcurrencyShares ?? spec?.exempt?.nominalConcurrencyShares ?? (spec?.type === 'Exempt' ? 0 : 30);
}
