import { createHash } from 'node:crypto';
import { ServerResponse, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { gzip } from 'node:zlib';
import { badRequest, failure, type Answer, type Request, type Stream, type User } from '../kube-api/answer.ts';
import { readImpersonation } from '../kube-api/authorization/impersonation.ts';
import { requestRecord, type RequestRecord } from '../kube-api/request-record.ts';
import type { RestApi } from '../kube-api/rest-api.ts';
import { writePodResponse } from './streams/pod-http.ts';
import { openUpgrade } from './streams/upgrades.ts';
import { offeredToken } from './streams/websocket.ts';
import type { LoopbackCertificates } from './loopback-certificates.ts';
import { SharedChunks } from './shared-chunks.ts';

/** The real server's limit for bodies. */
const LARGEST_BODY_BYTES = 3 * 1024 * 1024;
/** As much as the real server takes: selectors of ten thousand terms come in the first line. */
const LARGEST_HEADER_BYTES = 1024 * 1024;
/** What timers can hold; no connection lasts so long. */
const LONGEST_STREAM_MS = 2_147_483_647;
/** A watcher that does not read for so long that this much waits for it is let go. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;

export interface ListenerOptions {
  /** Answers at once, or when what the request did is safe. Never rejects. */
  readonly api: Pick<RestApi, 'userOfToken'> & { answer(request: Request): Answer | Promise<Answer> };
  readonly certificates: LoopbackCertificates;
  /** Who each bearer token stands for. */
  readonly users: ReadonlyMap<string, User>;
  /** 0 takes any free port. */
  readonly port: number;
  /** Brings simulated time to now; called before each request. */
  readonly catchUp: () => void;
  /** Told of each request about a resource, once it is clear what comes back. */
  readonly onRequest?: (record: RequestRecord) => void;
}

/** HTTPS on loopback in front of a {@link RestApi}: tokens, hosts, sizes, streams. */
export class ApiListener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #users: ReadonlyMap<string, User>;
  /** With how each is ended. */
  readonly #streams = new Map<Stream, () => void>();
  readonly #chunks = new SharedChunks();
  /** Connections that speak HTTP no longer. */
  readonly #upgraded = new Set<Duplex>();
  #hosts: ReadonlySet<string> = new Set();

  private constructor(options: ListenerOptions) {
    this.#options = options;
    // Compared as digests, so that the time it takes tells nothing about a token.
    this.#users = new Map([...options.users].map(([token, user]) => [digest(token), user]));
    const { cert, key } = options.certificates;
    this.#server = createServer({ cert, key, minVersion: 'TLSv1.2', maxHeaderSize: LARGEST_HEADER_BYTES, keepAliveTimeout: 90_000, headersTimeout: 10_000, requestTimeout: 60_000 }, (request, response) => this.#serve(request, response));
    this.#server.on('upgrade', (request: IncomingMessage, wire: Duplex, head: Buffer) => this.#upgrade(request, wire, head));
    this.#server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Rejects with the system's error where the port is taken. */
  static async start(options: ListenerOptions): Promise<ApiListener> {
    const listener = new ApiListener(options);
    await new Promise<void>((resolve, reject) => {
      listener.#server.once('error', reject).listen(options.port, '127.0.0.1', () => {
        listener.#server.off('error', reject);
        resolve();
      });
    });
    const { port } = listener;
    listener.#hosts = new Set(['127.0.0.1', 'localhost', '[::1]', 'kubernetes.default.svc'].map((host) => `${host}:${port}`));
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  /** Lets open streams say what time brought. To be called after simulated time moved. */
  poll(): void {
    for (const [stream, finish] of this.#streams) {
      try {
        stream.poll();
      } catch (error) {
        // A mistake of ours ends the one answer that met it.
        if (process.env['GAMEDAY_DEBUG'] !== undefined) throw error;
        finish();
      }
    }
  }

  async close(): Promise<void> {
    for (const stream of this.#streams.keys()) stream.close();
    this.#streams.clear();
    for (const wire of this.#upgraded) wire.destroy();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    response.setHeader('cache-control', 'no-cache, private');
    const refusal = this.#refusal(request);
    if (refusal !== null) {
      request.resume();
      return whole(response, refusal, request.method);
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= LARGEST_BODY_BYTES) chunks.push(chunk);
      else if (!response.headersSent) {
        chunks.length = 0;
        response.setHeader('connection', 'close');
        whole(response, tooLarge(), request.method);
      }
    });
    request.on('end', () => {
      if (bytes <= LARGEST_BODY_BYTES) this.#answer(request, Buffer.concat(chunks), (answer) => this.#reply(request, response, answer));
    });
    request.on('error', () => response.destroy());
  }

  /** What is wrong with a request before its body is looked at; null where nothing is. */
  #refusal(request: IncomingMessage): Answer | null {
    const { host, origin } = request.headers;
    if (host === undefined || !this.#hosts.has(host.toLowerCase())) return failure({ code: 403, reason: 'Forbidden', message: 'this server is only to be reached at its own address' });
    if (origin !== undefined && !this.#hosts.has(origin.replace(/^https:\/\//, '').toLowerCase())) return failure({ code: 403, reason: 'Forbidden', message: 'requests from web pages are not answered' });
    if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY_BYTES) return tooLarge();
    if (this.#userOf(request) === null) return failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    return null;
  }

  /** Anonymous where no bearer token is given, as the real server has it; null where one is given that nobody holds. */
  #userOf({ headers }: IncomingMessage): User | null {
    const [scheme, said = ''] = (headers.authorization ?? '').trim().split(' ');
    const token = scheme?.toLowerCase() === 'bearer' && said !== '' ? said : offeredToken(headers);
    if (token === null) return ANONYMOUS;
    return this.#users.get(digest(token)) ?? this.#options.api.userOfToken(token);
  }

  /** What wants to become something else than HTTP. Where it may not, it is answered as any other request, and the connection ends. */
  #upgrade(request: IncomingMessage, wire: Duplex, head: Buffer): void {
    wire.on('error', () => undefined).on('close', () => this.#upgraded.delete(wire));
    this.#upgraded.add(wire);
    const reply = (answer: Answer): void => {
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      response.assignSocket(wire as Socket);
      response.setHeader('cache-control', 'no-cache, private').on('finish', () => wire.end());
      this.#reply(request, response, answer);
    };
    const refusal = this.#refusal(request);
    if (refusal !== null) return reply(refusal);
    this.#answer(request, Buffer.alloc(0), (answer) => {
      const refused = answer.kind === 'upgrade' ? openUpgrade({ request, wire, head, catchUp: this.#options.catchUp }, answer.upgrade) : answer;
      if (refused !== null) reply(refused);
    });
  }

  #reply(incoming: IncomingMessage, response: ServerResponse, answer: Answer): void {
    switch (answer.kind) {
      case 'whole':
        return answer.held === undefined ? whole(response, answer, incoming.method) : answer.held(() => whole(response, answer, incoming.method));
      case 'stream':
        return this.#stream(incoming, response, answer);
      case 'later':
        return answer.ask((said) => writePodResponse(response, said, incoming.method));
      case 'upgrade':
        return whole(response, badRequest('Upgrade request required'), incoming.method);
    }
  }

  #answer(incoming: IncomingMessage, body: Buffer, reply: (answer: Answer) => void): void {
    const answer = this.#answerTo(incoming, body);
    if (answer instanceof Promise) void answer.then(reply);
    else reply(answer);
  }

  #answerTo(incoming: IncomingMessage, body: Buffer): Answer | Promise<Answer> {
    const [path, query] = split(incoming.url ?? '/', '?');
    let decoded: string;
    try {
      decoded = path.includes('%') ? decodeURIComponent(path) : path;
    } catch {
      return badRequest('the path of the request cannot be decoded');
    }
    const impersonate = readImpersonation(incoming.headersDistinct);
    const request: Request = {
      method: incoming.method ?? 'GET', path: decoded, query: new URLSearchParams(query), headers: incoming.headers as Record<string, string | undefined>, body, user: this.#userOf(incoming) ?? ANONYMOUS,
      ...(impersonate === undefined ? {} : { impersonate }),
    };
    const answer = this.#judged(request);
    const { onRequest } = this.#options;
    if (onRequest === undefined || answer instanceof Promise) return answer;
    const record = requestRecord(request, answer.kind === 'whole' ? answer.code : answer.kind === 'upgrade' ? 101 : 200);
    if (record !== null) onRequest(record);
    return answer;
  }

  /** A mistake of ours is told as one; it ends neither the server nor the drill. */
  #judged(request: Request): Answer | Promise<Answer> {
    try {
      this.#options.catchUp();
      return this.#options.api.answer(request);
    } catch (error) {
      if (process.env['GAMEDAY_DEBUG'] !== undefined) throw error;
      return failure({ code: 500, reason: 'InternalError', message: 'Internal error occurred: the sandbox met a mistake of its own' });
    }
  }

  #stream(request: IncomingMessage, response: ServerResponse, { type, open }: Extract<Answer, { kind: 'stream' }>): void {
    response.writeHead(200, { 'content-type': type });
    response.flushHeaders();
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    let ended = false;
    const push = (text: string): void => {
      if (ended) return;
      const waiting = this.#chunks.write(response, text);
      if (waiting > MOST_WAITING_BYTES) response.destroy();
    };
    // An end may be said while the stream is still being opened.
    const stream = open(push, () => queueMicrotask(() => finish()));
    const timer = stream.timeoutS === null ? null : setTimeout(() => finish(), Math.min(stream.timeoutS * 1000, LONGEST_STREAM_MS)).unref();
    const finish = (): void => {
      if (ended) return;
      ended = true;
      if (timer !== null) clearTimeout(timer);
      this.#streams.delete(stream);
      stream.close();
      response.end();
    };
    this.#streams.set(stream, finish);
    response.on('close', finish);
  }
}

const ANONYMOUS: User = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

function whole(response: ServerResponse, answer: Answer, method: string | undefined): void {
  if (answer.kind !== 'whole') return;
  if (answer.code === 304) {
    // Clients put the headers of this answer over those they kept: none that describe a body may be among them.
    response.writeHead(304, answer.headers).end();
    return;
  }
  const bytes = answer.bytes ?? Buffer.from(answer.body);
  const send = (body: Uint8Array, encoding: Readonly<Record<string, string>>): void => {
    response.writeHead(answer.code, { ...answer.headers, 'content-type': answer.type, 'content-length': body.length, ...encoding });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const zipped = bytes.length >= ZIPPED_FROM_BYTES && /\bgzip\b/.test(response.req.headers['accept-encoding'] ?? '');
  if (!zipped) return send(bytes, {});
  // At the real server's level, and beside everything else that this process does.
  gzip(bytes, { level: 1 }, (error, body) => (error === null ? send(body, { 'content-encoding': 'gzip', vary: 'Accept-Encoding' }) : send(bytes, {})));
}

/** The real server compresses answers from this size on. */
const ZIPPED_FROM_BYTES = 128 * 1024;

function tooLarge(): Answer {
  return failure({ code: 413, reason: 'RequestEntityTooLarge', message: `Request entity too large: limit is ${LARGEST_BODY_BYTES}` });
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

function split(text: string, at: string): [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}
