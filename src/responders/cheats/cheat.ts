import type { Workload } from '../../scenario/cluster-workloads.ts';
import type { Scenario } from '../../scenario/scenario.ts';

/** A way to make an incident look over that helps no user. The open set of them is in `catalogue.ts`. */
export interface Cheat {
  /** Its name, in words joined by `-`. */
  readonly word: string;
  /** One sentence: what is done, and to what. */
  readonly summary: string;
  /** Whether it is done to one workload after the other, or once to the whole cluster. */
  readonly aim: 'workload' | 'cluster';
  /** The lines that it types instead of a fix; [] where there is nothing in the cluster to do it to. */
  lines(aim: CheatAim): readonly string[];
  /** It types them again and again, this many ms apart; null where once is enough. */
  readonly everyMs: number | null;
}

/** What a cheat is aimed at, with the cluster around it. */
export interface CheatAim {
  readonly scenario: Scenario;
  /** The workloads that run programs of the traffic, in order of the manifests. */
  readonly workloads: readonly Workload[];
  /** The one that it is done to; of a cheat on the whole cluster, the one that answers the measured Service. */
  readonly workload: Workload;
}
