import { createServer, validateHeaderName, validateHeaderValue, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { PodRequest, PodResponse } from '../../cluster/processes.ts';

/** More than a simulated program has any use for. */
const LARGEST_BODY_BYTES = 3 * 1024 * 1024;

/** Speaks HTTP/1.1 on a connection to a simulated pod: each request is asked of the pod's program, and its answer written. */
export function servePodHttp(connection: Duplex, ask: (request: PodRequest, respond: (response: PodResponse) => void) => void): void {
  const server = createServer({ maxHeaderSize: 32 * 1024 }, (incoming, outgoing) => {
    readBody(incoming, outgoing, (body) => {
      const request = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', headers: plainHeaders(incoming.headers), body };
      ask(request, (response) => writePodResponse(outgoing, response, incoming.method));
    });
  });
  // A client that has said all, such as `nc`, still waits for the answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.emit('connection', connection);
}

function readBody(incoming: IncomingMessage, outgoing: ServerResponse, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  incoming.on('error', () => undefined);
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
    else if (!outgoing.headersSent) outgoing.writeHead(413, { connection: 'close' }).end();
  });
  incoming.on('end', () => {
    if (bytes <= LARGEST_BODY_BYTES) then(Buffer.concat(chunks));
  });
}

/** Writes the answer of a pod, where its client still waits for it. */
export function writePodResponse(outgoing: ServerResponse, { status, headers, body }: PodResponse, method: string | undefined): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  const known: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!OF_THE_CONNECTION.has(name.toLowerCase()) && isHeader(name, value)) known[name] = value;
  }
  // The time of day is the pod's to tell.
  outgoing.sendDate = false;
  const bare = status === 204 || status === 304;
  outgoing.writeHead(status, bare ? known : { ...known, 'content-length': body.length });
  outgoing.end(method === 'HEAD' || bare ? undefined : body);
}

/** What concerns one connection is not passed on to the next. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'trailer', 'te', 'content-length']);

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function plainHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
}
