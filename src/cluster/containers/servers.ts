import type { PodRequest, PodResponse } from '../processes.ts';
import type { Container } from './container.ts';
import { bufferOf, bytesOfText } from '../shell/streams.ts';
import { resolvePath } from '../shell/file-system.ts';

/** Kinds of servers that public images are. */
export type ServerKind = 'nginx' | 'httpd' | 'http' | 'http-echo' | 'whoami' | 'tcp' | 'redis' | 'postgres' | 'mysql';

/**
 * What listens on a port: HTTP answers requests, the others only take connections (their own commands talk to them).
 * `steady`: it is as well as now for as long as its container runs, so that probes need not ask it again.
 */
export type Listener =
  | { readonly speaks: 'http'; readonly steady?: true; answer(request: PodRequest, from: string): Answer }
  | { readonly speaks: 'tcp' | 'redis' | 'postgres' | 'mysql'; readonly steady?: true };

export interface Answer extends PodResponse {
  readonly tookMs: number;
}

/** Lets the server of an image listen on its ports. */
export function listen(container: Container, kind: ServerKind): void {
  for (const port of portsOf(container)) container.listeners.set(port, listenerOf(container, kind));
}

/** The ports that the server of a container's image takes. */
export function portsOf({ image: { ports }, spec, entryArguments }: Pick<Container, 'image' | 'spec' | 'entryArguments'>): readonly number[] {
  const flag = entryArguments.map((argument) => /^--?(?:listen|port)[= ]?:?(\d+)$/.exec(argument)?.[1]).find((port) => port !== undefined);
  const own = flag === undefined ? ports : [Number(flag)];
  return own.length > 0 ? own : (spec.ports ?? []).map(({ containerPort }) => containerPort);
}

function listenerOf(container: Container, kind: ServerKind): Listener {
  switch (kind) {
    case 'nginx':
      return { speaks: 'http', answer: (request, from) => fileServer(container, request, from, '/usr/share/nginx/html', 'nginx') };
    case 'httpd':
      return { speaks: 'http', answer: (request, from) => fileServer(container, request, from, '/usr/local/apache2/htdocs', 'httpd') };
    case 'http-echo':
      return { speaks: 'http', answer: () => text(200, `${container.entryArguments.map((argument) => /^-text=(.*)$/s.exec(argument)?.[1]).find((said) => said !== undefined) ?? container.environment.get('ECHO_TEXT') ?? 'hello-world'}\n`) };
    case 'whoami':
      return { speaks: 'http', answer: (request, from) => text(200, `Hostname: ${container.environment.get('HOSTNAME') ?? ''}\nIP: 127.0.0.1\nIP: ${container.podIp}\nRemoteAddr: ${from}:41234\n${request.method} ${request.path} HTTP/1.1\n${Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\n`).join('')}\n`) };
    case 'http':
      return { speaks: 'http', steady: true, answer: (request) => plainServer(container, request) };
    case 'tcp':
    case 'redis':
    case 'postgres':
    case 'mysql':
      return { speaks: kind, steady: true };
  }
}

export function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}, tookMs = 1): Answer {
  const bytes = bufferOf(bytesOfText(body));
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(bytes.length), ...headers }, body: bytes, tookMs };
}

/** A server whose insides nobody knows: it is well, and says so. */
function plainServer(container: Container, { path }: PodRequest): Answer {
  const [last = ''] = container.image.command;
  if (/hello|server\.js/.test(last)) return text(200, `Hello, world!\nVersion: 1.0.0\nHostname: ${container.environment.get('HOSTNAME') ?? ''}\n`);
  if (/^\/(?:healthz?|livez|readyz|ready|live|-\/(?:ready|healthy)|api\/health|status|ping)\b/.test(path)) return text(200, 'OK');
  return text(200, 'OK\n');
}

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', css: 'text/css', js: 'application/javascript', json: 'application/json', txt: 'text/plain' };

/** Serves the files of a folder and writes its access log as nginx and Apache do. */
function fileServer(container: Container, request: PodRequest, from: string, root: string, like: 'nginx' | 'httpd'): Answer {
  const version = /:(\d+\.\d+(?:\.\d+)?)/.exec(container.spec.image ?? '')?.[1];
  const server = like === 'nginx' ? `nginx/${version ?? '1.27.4'}` : `Apache/${version ?? '2.4.63'} (Unix)`;
  const [path = '/'] = request.path.split('?');
  const wanted = resolvePath(root, `.${path}`);
  const file = wanted.startsWith(root) ? container.files.find(container.files.find(wanted)?.type === 'folder' ? `${wanted === '/' ? '' : wanted}/index.html` : wanted) : undefined;
  const allowed = request.method === 'GET' || request.method === 'HEAD';
  const status = !allowed ? 405 : file?.type === 'file' ? 200 : 404;
  const words = status === 405 ? 'Not Allowed' : 'Not Found';
  const notThere = like === 'nginx' ? `<html>\r\n<head><title>${status} ${words}</title></head>\r\n<body>\r\n<center><h1>${status} ${words}</h1></center>\r\n<hr><center>${server}</center>\r\n</body>\r\n</html>\r\n` : `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${words}</title>\n</head><body>\n<h1>${words}</h1>\n<p>The requested URL was not found on this server.</p>\n</body></html>\n`;
  const body = status === 200 && file?.type === 'file' ? file.bytes : notThere;
  const at = new Date(container.unixMs()).toUTCString();
  const [, day = '', month = '', year = '', time = ''] = at.split(' ');
  container.log.write('out', `${from} - - [${day}/${month}/${year}:${time} +0000] "${request.method} ${clean(request.path)} HTTP/1.1" ${status} ${body.length} ${like === 'nginx' ? `"-" "${clean(request.headers['user-agent'] ?? '-')}" "-"` : ''}`.trimEnd() + '\n');
  if (status === 404 && like === 'nginx') container.log.write('err', `${year}/${String(new Date(container.unixMs()).getUTCMonth() + 1).padStart(2, '0')}/${day} ${time} [error] 29#29: *1 open() "${clean(wanted)}" failed (2: No such file or directory), client: ${from}, server: localhost, request: "${request.method} ${clean(request.path)} HTTP/1.1", host: "${clean(request.headers['host'] ?? '')}"\n`);
  const bytes = bufferOf(body);
  return { status, headers: { server, date: at, 'content-type': status === 200 ? (TYPES[wanted.split('.').at(-1) ?? ''] ?? 'text/html') : 'text/html', 'content-length': String(bytes.length), connection: 'keep-alive' }, body: request.method === 'HEAD' ? new Uint8Array(0) : bytes, tookMs: 1 };
}

/** What a client sent, without what a terminal would heed. */
function clean(said: string): string {
  return said.replace(/[^\x20-\x7e]/g, '?').slice(0, 2_048);
}

