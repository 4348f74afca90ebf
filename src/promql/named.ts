import { PromqlError } from './promql-error.ts';
import type { Sample } from './series.ts';

/** Samples as they are answered: without the names that functions dropped. Throws where two become the same. */
export function named(samples: readonly Sample[]): Sample[] {
  const seen = new Set<string>();
  return samples.map((sample) => {
    const labels = sample.dropName ? sample.labels.nameless : sample.labels;
    if (seen.has(labels.key)) throw new PromqlError('vector cannot contain metrics with the same labelset');
    seen.add(labels.key);
    return labels === sample.labels ? sample : { ...sample, labels };
  });
}
