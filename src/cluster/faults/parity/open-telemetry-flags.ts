import type { Counterparts } from './counterparts.ts';

/** The feature flags of the OpenTelemetry demo. */
export const openTelemetryFlags: Counterparts = {
  adFailure: 'feature-flag',
  adHighCpu: 'feature-flag',
  adManualGc: 'feature-flag',
  cartFailure: 'feature-flag',
  emailMemoryLeak: 'memory-leak',
  failedReadinessProbe: 'readiness-wrong',
  imageSlowLoad: 'feature-flag',
  intlShippingSlowdown: 'feature-flag',
  kafkaQueueProblems: 'topic-flooded',
  loadGeneratorTraffic: 'load-spike',
  paymentFailure: 'feature-flag',
  paymentUnreachable: 'feature-flag',
  productCatalogFailure: 'feature-flag',
  recommendationCacheFailure: 'cache-cold',
};
