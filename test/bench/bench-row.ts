/** One measurement, with the peer or the limit that was measured in the same run. */
export interface BenchRow {
  readonly name: string;
  readonly ours: number;
  /** The same by the plainest other means, or null where there is none. */
  readonly peer: number | null;
  readonly unit: string;
  /** `ours / peer`, or null without a peer. */
  readonly ratio: number | null;
  readonly goal: string;
  /** Null for a row without a goal, which only tells. */
  readonly met: boolean | null;
  /** The middle half of the rounds lies within this share of their median: above 0.2 the machine was busy with other things. */
  readonly noise?: number;
  /** What the peer is, and what was counted. */
  readonly note?: string;
}
