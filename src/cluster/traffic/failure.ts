import { type CallOp, isOutside, type Op } from './graph.ts';
import { NO_PORT, portless } from './ports.ts';

/** What a step that fails at once is told, in the words of real clients, and the share of its failures that is so. */
export interface Why {
  readonly share: number;
  readonly says: string;
}

/** Why a step fails, where more than nobody being there is to be said; null where its time or a bare refusal tells all. */
export function whyFails(op: Op): Why | null {
  if (op.fail <= 0) return null;
  const reason = reasonOf(op);
  return reason === null ? null : { share: Math.min(1, reason.share / op.fail), says: reason.says };
}

function reasonOf(op: Op): Why | null {
  if (op.kind === 'call') return callReason(op);
  if (op.kind === 'query' && op.writes && op.database.readOnly) return { share: 1, says: 'ERROR: cannot execute INSERT in a read-only transaction (SQLSTATE 25006)' };
  if (op.kind === 'query' && op.database.behindMs > op.freshMs) return { share: 1, says: 'sql: no rows in result set' };
  if (op.kind === 'query' && op.ms >= op.database.statementTimeoutMs) return { share: 1, says: 'ERROR: canceling statement due to statement timeout (SQLSTATE 57014)' };
  if (op.way.says !== null) return { share: op.way.errors, says: op.way.says };
  // Where nobody answers, a driver's own time-out tells before any of the database's.
  const lost = op.kind === 'query' ? 1 - (1 - op.way.loss) * (1 - op.database.service.loss) : 0;
  return lost > 0 ? { share: lost, says: 'dial tcp: i/o timeout' } : null;
}

function callReason(op: Op & CallOp): Why | null {
  if (op.breaker?.state === 'open') return { share: 1, says: 'circuit breaker is open' };
  if (portless(op) > op.way.errors) return { share: portless(op), says: NO_PORT };
  if (op.way.says !== null) return { share: op.way.errors, says: op.way.says };
  if (isOutside(op.to) && op.to.refused > 0) return { share: op.to.refused, says: 'unexpected status 429: Too Many Requests' };
  return null;
}
