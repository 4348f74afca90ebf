import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

/** As much as Kubernetes' own library takes in one message is 32 MiB; clients send 32 KiB. */
const LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024;

/** The subprotocols that a client offers, in its order. */
export function offeredProtocols({ headers }: IncomingMessage): readonly string[] {
  return allOffered(headers).filter((one) => !one.startsWith(BEARER));
}

/** The bearer token among the subprotocols, where a client that sets no headers puts it; null where it does not. Source: k8s.io/apiserver, pkg/authentication/request/websocket. */
export function offeredToken(headers: IncomingMessage['headers']): string | null {
  const bearer = allOffered(headers).find((one) => one.startsWith(BEARER));
  return bearer === undefined || (headers.upgrade ?? '').toLowerCase() !== 'websocket' ? null : Buffer.from(bearer.slice(BEARER.length), 'base64url').toString();
}

const BEARER = 'base64url.bearer.authorization.k8s.io.';

function allOffered(headers: IncomingMessage['headers']): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim()).filter((one) => one !== '');
}

/**
 * Lets a client in that speaks `protocol` (empty where it offered none). Null where its handshake is wrong, which it has
 * been told then. The choice is made here since the library takes no name with a slash in it, and Kubernetes has one.
 */
export function acceptWebSocket(request: IncomingMessage, wire: Duplex, head: Buffer, protocol: string): WebSocket | null {
  const server = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: LARGEST_MESSAGE_BYTES });
  if (protocol !== '') server.on('headers', (headers) => headers.push(`Sec-WebSocket-Protocol: ${protocol}`));
  delete request.headers['sec-websocket-protocol'];
  let accepted: WebSocket | null = null;
  server.handleUpgrade(request, wire, head, (socket) => { accepted = socket; });
  // What is wrong with a message ends its connection, which is heard of as its close.
  (accepted as WebSocket | null)?.on('error', () => undefined);
  return accepted;
}
