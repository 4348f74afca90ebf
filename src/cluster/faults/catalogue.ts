import { cacheFlush } from './cache-flush.ts';
import { connectionLeak } from './connection-leak.ts';
import { externalErrors } from './external-errors.ts';
import { externalLatency } from './external-latency.ts';
import type { FaultKind } from './fault.ts';
import { loadSpike } from './load-spike.ts';
import { lockHeld } from './lock-held.ts';
import { networkLatency } from './network-latency.ts';
import { networkLoss } from './network-loss.ts';

/** Every kind of fault, by the word that scenarios write. */
export const FAULTS: ReadonlyMap<string, FaultKind> = new Map(
  [cacheFlush, connectionLeak, externalErrors, externalLatency, loadSpike, lockHeld, networkLatency, networkLoss].map(
    (fault) => [fault.word, fault],
  ),
);
