import type { IncomingMessage } from 'node:http';
import { createWebSocketStream } from 'ws';
import type { Duplex } from 'node:stream';
import { badRequest, failure, text, type Answer } from '../../kube-api/answer.ts';
import type { PortsUpgrade, ProcessUpgrade, Upgrade } from '../../kube-api/connecting/upgrade.ts';
import { PORTS_OVER_SPDY, PORTS_TUNNELLED, servePortsOverSpdy } from './ports-spdy.ts';
import { PORTS_OVER_WEBSOCKET, servePortsOverWebSocket } from './ports-websocket.ts';
import { ProcessSession } from './process-session.ts';
import { PROCESS_OVER_SPDY, serveProcessOverSpdy } from './process-spdy.ts';
import { CLOSES_CHANNELS, PROCESS_OVER_WEBSOCKET, serveProcessOverWebSocket } from './process-websocket.ts';
import { acceptWebSocket, offeredProtocols } from './websocket.ts';

/** A request that is to become something else than HTTP, with its connection and what has been read of it already. */
export interface UpgradeRequest {
  readonly request: IncomingMessage;
  readonly wire: Duplex;
  readonly head: Buffer;
  /** Brings simulated time to now. */
  readonly catchUp: () => void;
}

/** Opens what the API lets in, in the way that the client asks for; or says why it cannot: then nothing has been written yet. */
export function openUpgrade(asked: UpgradeRequest, upgrade: Upgrade): Answer | null {
  const way = (asked.request.headers.upgrade ?? '').toLowerCase();
  if (way === 'websocket') return upgrade.to === 'process' ? processOverWebSocket(asked, upgrade) : portsOverWebSocket(asked, upgrade);
  if (way === 'spdy/3.1') return upgrade.to === 'process' ? processOverSpdy(asked, upgrade) : portsOverSpdy(asked, upgrade);
  return badRequest(`unable to upgrade: missing upgrade headers in request: ${JSON.stringify(way)}`);
}

function processOverWebSocket({ request, wire, head, catchUp }: UpgradeRequest, upgrade: ProcessUpgrade): Answer | null {
  const protocol = agreed(offeredProtocols(request), PROCESS_OVER_WEBSOCKET);
  if (protocol === null) return notSpoken(offeredProtocols(request), PROCESS_OVER_WEBSOCKET);
  const session = new ProcessSession(upgrade, catchUp);
  const refusal = session.start();
  if (refusal !== null && protocol !== CLOSES_CHANNELS) return text(refusal.code, `${refusal.message}\n`);
  const socket = acceptWebSocket(request, wire, head, protocol);
  if (socket === null) session.hangUp();
  else serveProcessOverWebSocket({ socket, protocol }, upgrade, session, refusal);
  return null;
}

function processOverSpdy({ request, wire, head, catchUp }: UpgradeRequest, upgrade: ProcessUpgrade): Answer | null {
  const refused = notNegotiated(request, PROCESS_OVER_SPDY);
  if (refused !== null) return refused;
  const session = new ProcessSession(upgrade, catchUp);
  const refusal = session.start();
  if (refusal !== null) return text(refusal.code, `${refusal.message}\n`);
  switchToSpdy(wire, PROCESS_OVER_SPDY);
  serveProcessOverSpdy(wire, head, upgrade, session);
  return null;
}

function portsOverWebSocket({ request, wire, head, catchUp }: UpgradeRequest, upgrade: PortsUpgrade): Answer | null {
  const offered = offeredProtocols(request);
  if (offered.includes(PORTS_TUNNELLED)) {
    const tunnel = acceptWebSocket(request, wire, head, PORTS_TUNNELLED);
    if (tunnel !== null) servePortsOverSpdy(createWebSocketStream(tunnel), Buffer.alloc(0), upgrade, catchUp);
    return null;
  }
  const protocol = agreed(offered, PORTS_OVER_WEBSOCKET);
  if (protocol === null) return notSpoken(offered, PORTS_OVER_WEBSOCKET);
  if (upgrade.ports.length === 0) return badRequest('query parameter "port" is required');
  const socket = acceptWebSocket(request, wire, head, protocol);
  if (socket !== null) servePortsOverWebSocket({ socket, protocol }, upgrade, catchUp);
  return null;
}

function portsOverSpdy({ request, wire, head, catchUp }: UpgradeRequest, upgrade: PortsUpgrade): Answer | null {
  const refused = notNegotiated(request, PORTS_OVER_SPDY);
  if (refused !== null) return refused;
  switchToSpdy(wire, PORTS_OVER_SPDY);
  servePortsOverSpdy(wire, head, upgrade, catchUp);
  return null;
}

/** The first that we speak of those that the client offers; empty where it offers none, which means the oldest. */
function agreed(offered: readonly string[], spoken: readonly string[]): string | null {
  return offered.length === 0 ? '' : (offered.find((one) => spoken.includes(one)) ?? null);
}

function notSpoken(offered: readonly string[], spoken: readonly string[]): Answer {
  return failure({ code: 403, reason: 'Forbidden', message: `requested protocol(s) are not supported: [${offered.join(' ')}]; supports [${spoken.join(' ')}]` });
}

/** Why there is no SPDY with a client; null where both speak `spoken`. Words of `Handshake` in k8s.io/apimachinery, pkg/util/httpstream. */
function notNegotiated({ headers }: IncomingMessage, spoken: string): Answer | null {
  const header = headers['x-stream-protocol-version'];
  const offered = [header ?? []].flat().flatMap((one) => one.split(',')).map((one) => one.trim());
  if (offered.includes(spoken)) return null;
  const problem = failure({ code: 403, reason: 'Forbidden', message: `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${spoken}]` }, { 'x-accepted-stream-protocol-versions': spoken });
  return problem;
}

function switchToSpdy(wire: Duplex, protocol: string): void {
  wire.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`);
}
