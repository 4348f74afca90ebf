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
  readonly met: boolean;
}
