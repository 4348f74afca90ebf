import type { Conditions } from '../traffic/conditions.ts';

/** One kind of thing that can go wrong. Its word is its file's name and what scenarios write as `kind`. */
export interface FaultKind {
  readonly word: string;
  /** One sentence: what is wrong in the world, for the DM. */
  readonly summary: string;
  readonly target: FaultTarget;
  readonly settings: Readonly<Record<string, FaultSetting>>;
  /** Makes the world so and returns how to make it as it was: exactly, whatever else began or ended between. */
  begin(world: FaultWorld, target: string, settings: FaultSettings): () => void;
}

/** What a fault aims at: `external/NAME`; a Service `payments` or `payments.shop`; a lock `postgres/orders`. */
export type FaultTarget = 'external' | 'service' | 'lock';

type FaultSettings = Readonly<Record<string, number | string | boolean>>;

export interface FaultSetting {
  /** `duration` is given in ms; `share` lies in 0 to 1; `factor` is above 0. */
  readonly type: 'duration' | 'share' | 'factor' | 'number';
  readonly required: boolean;
  readonly summary: string;
}

/** The levers that faults may move. */
interface FaultWorld {
  readonly conditions: Conditions;
}
