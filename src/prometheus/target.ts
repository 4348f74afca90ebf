import type { LabelSet, Page } from './page.ts';

/** Something that a Prometheus scrapes. */
export interface Target {
  /** Its job, address and, where it belongs to one, its pod, Service and namespace: labels of all that it says. */
  readonly labels: LabelSet & { readonly job: string; readonly instance: string };
  readonly path: string;
  /** All that it says now; null where it does not answer. */
  scrape(): Page | null;
}

/** One name for each target, as `/metrics?target=` takes it: `shop/storefront-5d8f9c7b6-abcde`, `node/worker-1`. */
export type TargetName = string;
