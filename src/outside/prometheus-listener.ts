import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { HttpAnswer } from '../prometheus/http/answers.ts';
import type { HttpRequest } from '../prometheus/http/http-api.ts';

/** Queries are text; nobody writes so much. */
const LARGEST_BODY_BYTES = 1024 * 1024;

export interface PrometheusListenerOptions {
  /** Brought to now before each request. */
  readonly answer: (request: HttpRequest) => HttpAnswer;
  /** 0 takes any free port. */
  readonly port: number;
}

/** Plain HTTP on loopback in front of a cluster's monitoring. Asked by its own address only, and by no web page. */
export class PrometheusListener {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects with the system's error where the port is taken. */
  static async start({ answer, port }: PrometheusListenerOptions): Promise<PrometheusListener> {
    const server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000 }, (request, response) => serve(request, response, answer));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new PrometheusListener(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function serve(request: IncomingMessage, response: ServerResponse, answer: PrometheusListenerOptions['answer']): void {
  const refused = refusal(request);
  if (refused !== null) {
    request.resume();
    return say(request, response, refused);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
  });
  request.on('error', () => response.destroy());
  request.on('end', () => {
    if (bytes > LARGEST_BODY_BYTES) return say(request, response, plain(413, 'The request is too large.\n'));
    const url = new URL(request.url ?? '/', 'http://localhost');
    const form = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded') ? Buffer.concat(chunks).toString('utf8') : '';
    const parameters = new Map<string, string[]>();
    for (const source of [new URLSearchParams(form), url.searchParams]) {
      for (const [name, value] of source) parameters.set(name, [...(parameters.get(name) ?? []), value]);
    }
    say(request, response, answer({ method: request.method ?? 'GET', path: url.pathname, parameters, accept: request.headers.accept ?? '', host: request.headers.host ?? '' }));
  });
}

/** What is wrong with who asks; null where nothing is. */
function refusal({ headers: { host, origin }, socket }: IncomingMessage): HttpAnswer | null {
  const known = new Set(['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${socket.localPort}`));
  if (host === undefined || !known.has(host.toLowerCase())) return plain(403, 'this server is only to be reached at its own address\n');
  if (origin !== undefined && !known.has(origin.replace(/^http:\/\//, '').toLowerCase())) return plain(403, 'requests from web pages are not answered\n');
  return null;
}

function say({ method, headers: asked }: IncomingMessage, response: ServerResponse, { status, type, body, headers = {} }: HttpAnswer): void {
  const plainBytes = Buffer.from(body, 'utf8');
  const packed = plainBytes.length > 0 && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(asked['accept-encoding'] ?? '');
  const bytes = packed ? gzipSync(plainBytes, { level: 1 }) : plainBytes;
  response.writeHead(status, { ...(status === 204 ? {} : { 'content-type': type, 'content-length': bytes.length }), ...(packed ? { 'content-encoding': 'gzip' } : {}), vary: 'Accept-Encoding', 'x-content-type-options': 'nosniff', ...headers });
  response.end(method === 'HEAD' ? undefined : bytes);
}

function plain(status: number, body: string): HttpAnswer {
  return { status, type: 'text/plain; charset=utf-8', body };
}
