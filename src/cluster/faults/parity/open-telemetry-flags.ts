import { near, same, type Counterparts } from './counterparts.ts';

/** The feature flags of the OpenTelemetry demo. */
export const openTelemetryFlags: Counterparts = {
  adFailure: same({ kind: 'feature-flag', effect: 'errors', amount: 0.1 }),
  adHighCpu: same({ kind: 'feature-flag', effect: 'cpu' }),
  adManualGc: same({ kind: 'feature-flag', effect: 'collections' }),
  cartFailure: same({ kind: 'feature-flag', effect: 'errors' }),
  emailMemoryLeak: same({ kind: 'feature-flag', effect: 'leak' }),
  failedReadinessProbe: near('There the program fails its own probe while a flag is on; here the probe asks where nobody answers.', 'readiness-wrong'),
  imageSlowLoad: same({ kind: 'feature-flag', effect: 'latency' }),
  intlShippingSlowdown: same({ kind: 'feature-flag', effect: 'latency' }),
  kafkaQueueProblems: near('There one flag makes the producer send more and the consumer slow; here it takes both, and a Job sends.', 'topic-flooded', { kind: 'feature-flag', effect: 'latency' }),
  loadGeneratorTraffic: near('There a flag of the program that plays the users; here it is the users.', 'load-spike'),
  paymentFailure: same({ kind: 'feature-flag', effect: 'errors' }),
  paymentUnreachable: near('There a flag gives the caller a bad address; here its environment does.', 'env-changed'),
  productCatalogFailure: same({ kind: 'feature-flag', effect: 'errors' }),
  recommendationCacheFailure: same({ kind: 'feature-flag', effect: 'leak' }),
};
