import type { Counterparts } from './counterparts.ts';

/** The feature flags of the OpenTelemetry demo. */
export const openTelemetryFlags: Counterparts = {
  adFailure: { impossible: 'Not in the catalogue yet.' },
  adHighCpu: { impossible: 'Not in the catalogue yet.' },
  adManualGc: { impossible: 'Not in the catalogue yet.' },
  cartFailure: { impossible: 'Not in the catalogue yet.' },
  emailMemoryLeak: { impossible: 'Not in the catalogue yet.' },
  failedReadinessProbe: 'readiness-wrong',
  imageSlowLoad: { impossible: 'Not in the catalogue yet.' },
  intlShippingSlowdown: { impossible: 'Not in the catalogue yet.' },
  kafkaQueueProblems: { impossible: 'Programs here call each other and databases; message brokers with partitions and consumers are not part of the model.' },
  loadGeneratorTraffic: 'load-spike',
  paymentFailure: { impossible: 'Not in the catalogue yet.' },
  paymentUnreachable: { impossible: 'Not in the catalogue yet.' },
  productCatalogFailure: { impossible: 'Not in the catalogue yet.' },
  recommendationCacheFailure: { impossible: 'Not in the catalogue yet.' },
};
