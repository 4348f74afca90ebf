import { type Certificate, isFor } from '../certificates/certificate.ts';
import { type Answer, text } from '../containers/servers.ts';
import type { Destination } from '../containers/network.ts';
import { resolvePath } from '../shell/file-system.ts';
import type { Call } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { bufferOf, bytesOfText, readAll, textOfBytes, writeOut } from '../shell/streams.ts';
import { tried } from './command.ts';
import { formatDate } from './dates.ts';
import { type HttpUrl, parseHttpUrl, REASONS } from './http-url.ts';

interface Wish {
  readonly urls: string[];
  readonly on: Set<string>;
  readonly headers: Record<string, string>;
  method: string | null;
  data: string | null;
  output: string | null;
  format: string | null;
  maxMs: number;
  connectMs: number;
  retries: number;
  retryDelayMs: number;
}

/** The options that take a value, by their short names. */
const VALUED: Readonly<Record<string, string>> = { '-o': 'output', '--output': 'output', '-w': 'format', '--write-out': 'format', '-X': 'method', '--request': 'method', '-H': 'header', '--header': 'header', '-d': 'data', '--data': 'data', '--data-raw': 'data', '--data-binary': 'data', '-m': 'max', '--max-time': 'max', '--connect-timeout': 'connect', '-A': 'agent', '--user-agent': 'agent', '--retry': 'retries', '--retry-delay': 'delay', '-u': 'ignored', '--user': 'ignored', '--resolve': 'ignored', '-e': 'ignored', '--cacert': 'ignored', '--cert': 'ignored', '--key': 'ignored', '--interface': 'ignored', '--url': 'url', '--retry-max-time': 'ignored', '-b': 'ignored', '-c': 'ignored', '-T': 'ignored' };

/** `curl`: its exit codes and words are those of curl 8. */
export function* curl(call: Call): Steps {
  const wish = read(call);
  if (wish.on.has('V') || wish.on.has('version')) {
    yield* writeOut(call.task, call.io.stdout, 'curl 8.11.1 (x86_64-alpine-linux-musl) libcurl/8.11.1 OpenSSL/3.3.2 zlib/1.3.1\n');
    return 0;
  }
  if (wish.urls.length === 0) {
    call.io.stderr.write("curl: try 'curl --help' or 'curl --manual' for more information\n");
    return 2;
  }
  if (wish.data === '@-') wish.data = yield* readAll(call.task, call.io.stdin);
  let code = 0;
  for (const url of wish.urls) {
    code = yield* fetchOne(call, wish, url);
    for (let left = wish.retries; left > 0 && [6, 7, 28].includes(code) && (code !== 7 || wish.on.has('retry-connrefused') || wish.on.has('retry-all-errors')); left--) {
      yield* sleep(call.task, wish.retryDelayMs);
      code = yield* fetchOne(call, wish, url);
    }
  }
  return code;
}

function read({ args }: Call): Wish {
  const wish: Wish = { urls: [], on: new Set(), headers: { 'user-agent': 'curl/8.11.1', accept: '*/*' }, method: null, data: null, output: null, format: null, maxMs: Infinity, connectMs: Infinity, retries: 0, retryDelayMs: 1_000 };
  const take = (kind: string, value: string): void => {
    if (kind === 'output') wish.output = value;
    else if (kind === 'format') wish.format = value;
    else if (kind === 'method') wish.method = value;
    else if (kind === 'data') wish.data = wish.data === null ? value : `${wish.data}&${value}`;
    else if (kind === 'max') wish.maxMs = Number(value) * 1000 || Infinity;
    else if (kind === 'connect') wish.connectMs = Number(value) * 1000 || Infinity;
    else if (kind === 'retries') wish.retries = Math.min(20, Number(value) || 0);
    else if (kind === 'delay') wish.retryDelayMs = Number(value) * 1000 || 1_000;
    else if (kind === 'agent') wish.headers['user-agent'] = value;
    else if (kind === 'url') wish.urls.push(value);
    else if (kind === 'header') wish.headers[value.slice(0, value.indexOf(':')).toLowerCase()] = value.slice(value.indexOf(':') + 1).trim();
  };
  for (let nth = 0; nth < args.length; nth++) {
    const argument = args[nth] as string;
    if (argument.startsWith('--')) {
      const kind = VALUED[argument];
      if (kind === undefined) wish.on.add(argument.slice(2));
      else take(kind, args[++nth] ?? '');
    } else if (!argument.startsWith('-') || argument === '-') wish.urls.push(argument);
    else {
      for (let at = 1; at < argument.length; at++) {
        const kind = VALUED[`-${argument.charAt(at)}`];
        wish.on.add(argument.charAt(at));
        if (kind === undefined) continue;
        take(kind, at + 1 < argument.length ? argument.slice(at + 1) : (args[++nth] ?? ''));
        break;
      }
    }
  }
  return wish;
}

function* fetchOne(call: Call, wish: Wish, written: string): Steps {
  const silent = wish.on.has('s') || wish.on.has('silent');
  const fail = (code: number, words: string): number => {
    if (!silent || wish.on.has('S') || wish.on.has('show-error')) call.io.stderr.write(`curl: (${code}) ${words}\n`);
    if (wish.format !== null) call.io.stdout.write(formatted(wish.format, null, startedMs, call.task.nowMs, written, ''));
    return code;
  };
  const startedMs = call.task.nowMs;
  const url = parseHttpUrl(written);
  if (url === null) return fail(/^[a-z]+:\/\//i.test(written) ? 1 : 3, /^[a-z]+:\/\//i.test(written) ? `Protocol "${written.split(':')[0] ?? ''}" not supported` : 'URL rejected: Malformed input to a URL function');
  const verbose = wish.on.has('v') || wish.on.has('verbose');
  const note = (line: string): void => void (verbose && call.io.stderr.write(`${line}\n`));
  const to = call.machine.connect(url.host, url.port);
  if (to.to === 'nowhere') {
    yield* sleep(call.task, 12);
    note(`* Could not resolve host: ${url.host}`);
    return fail(6, `Could not resolve host: ${url.host}`);
  }
  note(`*   Trying ${to.ip}:${url.port}...`);
  const limitMs = Math.min(wish.maxMs, wish.connectMs, CONNECT_MS);
  if (to.to === 'silence' || to.tookMs > limitMs) {
    yield* sleep(call.task, limitMs);
    return fail(28, limitMs === CONNECT_MS ? `Failed to connect to ${url.host} port ${url.port} after ${CONNECT_MS} ms: Could not connect to server` : `Connection timed out after ${limitMs} milliseconds`);
  }
  yield* sleep(call.task, to.tookMs);
  if (to.to === 'refused') {
    note(`* connect to ${to.ip} port ${url.port} failed: Connection refused`);
    return fail(7, `Failed to connect to ${url.host} port ${url.port} after ${Math.max(1, to.tookMs)} ms: Could not connect to server`);
  }
  note(`* Connected to ${url.host} (${to.ip}) port ${url.port}`);
  if (to.resets === true) return fail(56, 'Recv failure: Connection reset by peer');
  if (to.speaks !== 'http') return fail(to.speaks === 'mysql' ? 1 : 52, to.speaks === 'mysql' ? 'Received HTTP/0.9 when not allowed' : 'Empty reply from server');
  if (url.scheme === 'https' && to.certificate !== undefined) {
    const { subject, notAfterMs, issuer } = to.certificate;
    note(`* Server certificate:\n*  subject: CN=${subject}\n*  expire date: ${formatDate('%b %e %H:%M:%S %Y GMT', notAfterMs)}\n*  issuer: CN=${issuer}`);
    const problem = wish.on.has('k') || wish.on.has('insecure') ? null : distrust(to.certificate, url.host, call.machine.unixMs());
    if (problem !== null) return fail(60, `${problem}\nMore details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit the webpage mentioned above.`);
  }
  return yield* exchange(call, wish, url, to, { startedMs, note, fail, written });
}

/** Whoever signed it: containers are given the cluster's authority with what their programs trust. */
function distrust(certificate: Certificate, host: string, nowMs: number): string | null {
  if (nowMs > certificate.notAfterMs) return 'SSL certificate problem: certificate has expired';
  return isFor(certificate, host) ? null : `SSL: no alternative certificate subject name matches target host name '${host}'`;
}

/** After this long nobody waits for a connection any more: the kernel gives up. */
const CONNECT_MS = 134_000;

interface Exchange {
  readonly startedMs: number;
  readonly written: string;
  readonly note: (line: string) => void;
  readonly fail: (code: number, words: string) => number;
}

function* exchange(call: Call, wish: Wish, url: HttpUrl, to: Extract<Destination, { to: 'listener' }>, { startedMs, note, fail, written }: Exchange): Steps {
  const method = wish.method ?? (wish.on.has('I') || wish.on.has('head') ? 'HEAD' : wish.data === null ? 'GET' : 'POST');
  const headers = { host: url.authority, ...wish.headers, ...(wish.data === null ? {} : { 'content-type': wish.headers['content-type'] ?? 'application/x-www-form-urlencoded', 'content-length': String(wish.data.length) }) };
  note(`> ${method} ${url.path} HTTP/1.1`);
  for (const [name, value] of Object.entries(headers)) note(`> ${titled(name)}: ${value}`);
  note('> ');
  const plain = url.scheme === 'http' && to.certificate !== undefined;
  const answer = plain ? text(400, 'Client sent an HTTP request to an HTTPS server.\n') : to.ask({ method, path: url.path, headers, body: bufferOf(wish.data ?? '') });
  const leftMs = wish.maxMs - (call.task.nowMs - startedMs);
  if (answer.tookMs > leftMs) {
    yield* sleep(call.task, leftMs);
    return fail(28, `Operation timed out after ${Math.round(wish.maxMs)} milliseconds with 0 bytes received`);
  }
  yield* sleep(call.task, answer.tookMs);
  const head = [`HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ''}`, ...Object.entries(answer.headers).map(([name, value]) => `${titled(name)}: ${value}`), ''];
  for (const line of head) note(`< ${line}`);
  const location = answer.headers['location'];
  if ((wish.on.has('L') || wish.on.has('location')) && location !== undefined && answer.status >= 300 && answer.status < 400) {
    const next = location.startsWith('/') ? `${url.scheme}://${url.authority}${location}` : location;
    return next === written ? fail(47, 'Maximum (50) redirects followed') : yield* fetchOne(call, wish, next);
  }
  if (answer.status >= 400 && (wish.on.has('f') || wish.on.has('fail'))) return fail(22, `The requested URL returned error: ${answer.status}`);
  const shown = wish.on.has('i') || wish.on.has('include') || method === 'HEAD' ? head.map((line) => `${line}\r\n`).join('') : '';
  const body = shown + textOfBytes(answer.body);
  const path = wish.output ?? (wish.on.has('O') ? (url.path.split('?')[0]?.split('/').at(-1) ?? '') : null);
  if (path === null || path === '-') yield* writeOut(call.task, call.io.stdout, body);
  else {
    const wrong = tried(path, () => call.machine.files.write(resolvePath(call.cwd, path), body));
    if (wrong !== null) return fail(23, 'Failure writing output to destination');
  }
  if (wish.format !== null) yield* writeOut(call.task, call.io.stdout, formatted(wish.format, answer, startedMs, call.task.nowMs, written, to.ip));
  return 0;
}

function titled(name: string): string {
  return name.replace(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function formatted(format: string, answer: Answer | null, startedMs: number, nowMs: number, url: string, ip: string): string {
  const seconds = ((nowMs - startedMs) / 1000).toFixed(6);
  const values: Readonly<Record<string, string>> = {
    http_code: String(answer?.status ?? 0).padStart(3, '0'), response_code: String(answer?.status ?? 0).padStart(3, '0'), time_total: seconds, time_starttransfer: seconds, time_connect: '0.001000', time_namelookup: '0.000600', time_appconnect: '0.000000', time_pretransfer: '0.001100',
    size_download: String(answer?.body.length ?? 0), remote_ip: ip, url_effective: url, content_type: answer?.headers['content-type'] ?? '', num_redirects: '0', exitcode: '0',
  };
  return bytesOfText(format.replace(/%\{(\w+)\}/g, (_, name: string) => values[name] ?? '').replaceAll('\\n', '\n').replaceAll('\\t', '\t').replaceAll('%%', '%'));
}
