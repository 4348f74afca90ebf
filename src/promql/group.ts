import type { Labels } from './labels.ts';
import type { Sample } from './series.ts';

/** Samples that are aggregated together. */
export interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}
