import { Die } from '../../time/dice.ts';
import { ln } from '../../time/exact-math.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { PROXY_CODES, PROXY_CONNECT_MS, PROXY_TIMEOUT_MS, type ProxyCode } from '../traffic/answers.ts';
import { WINDOW_MS } from '../traffic/traffic.ts';
import type { Entrance, EntranceWindow } from './entrance.ts';
import type { LogLine } from './logs.ts';

/** Of one code, a pod writes so many lines in a window at most: more are sampled. */
const MOST_OF_A_CODE = 5;
const AGENTS = ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15', 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0.0.0 Safari/537.36'];

interface Upstream {
  readonly name: string;
  readonly addresses: readonly string[];
}

/**
 * What a pod of the ingress controller wrote: its access log in the format of the project, and nginx's own words for what failed.
 * Source: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/
 */
export function entranceLines(entrance: Entrance, pod: KindMap['Pod'], { seed, epochMs, store, controllers }: { readonly seed: number; readonly epochMs: number; readonly store: ObjectStore; readonly controllers: number }): LogLine[] {
  const lines: LogLine[] = [];
  const bornMs = Date.parse(pod.status?.startTime ?? '') - epochMs;
  for (const window of entrance.windows) {
    if (window.endMs <= bornMs) continue;
    const die = new Die(seed, `entrance/${pod.metadata.namespace}/${pod.metadata.name}/${window.endMs}`);
    for (const stream of window.streams) {
      const upstream = upstreamOf(stream, store);
      for (const [at, code] of PROXY_CODES.entries()) {
        const wanted = (stream.counts[at] ?? 0) / Math.max(1, controllers);
        const count = Math.min(MOST_OF_A_CODE, Math.floor(wanted) + (die.fraction() < wanted % 1 ? 1 : 0));
        for (let nth = 0; nth < count; nth++) lines.push(...linesOf(die, window.endMs, stream, code, upstream, epochMs));
      }
    }
  }
  return lines.sort((one, other) => one.atMs - other.atMs);
}

function linesOf(die: Die, endMs: number, stream: EntranceWindow['streams'][number], code: ProxyCode, upstream: Upstream, epochMs: number): LogLine[] {
  const atMs = endMs - WINDOW_MS + die.roll(WINDOW_MS);
  const client = `203.0.113.${1 + die.roll(250)}`;
  const path = stream.path === '/' ? `/${stream.route === 'default' || stream.route === 'home' ? '' : stream.route}` : stream.path;
  const address = upstream.addresses[die.roll(Math.max(1, upstream.addresses.length))];
  const reached = address !== undefined && code !== 404 && !(code === 503 && stream.pods.length === 0);
  const seconds = (code === 504 ? (stream.pods.length === 0 ? PROXY_CONNECT_MS : PROXY_TIMEOUT_MS) : code === 502 && stream.pods.length === 0 ? 1 : stream.detMs - stream.spreadMs * ln(1 - die.fraction())) / 1000;
  const took = reached || code === 504 ? seconds.toFixed(3) : '0.000';
  const bytes = code === 200 ? 800 + die.roll(24_000) : code === 499 ? 0 : code === 404 ? 146 : 190;
  const id = Array.from({ length: 4 }, () => die.nextUint32().toString(16).padStart(8, '0')).join('');
  const up = reached ? `${address} ${code === 499 ? 0 : bytes} ${took} ${code === 499 ? '-' : code}` : '- - - -';
  const access = { atMs, text: `${client} - - [${commonTime(epochMs + atMs)}] "GET ${path} HTTP/1.1" ${code} ${bytes} "-" "${AGENTS[die.roll(AGENTS.length)]}" ${320 + die.roll(500)} ${took} [${upstream.name}] [] ${up} ${id}` };
  const why = errorOf(code, stream.pods.length === 0);
  if (why === null || !reached) return [access];
  const time = new Date(epochMs + atMs).toISOString();
  const error = `${time.slice(0, 10).replaceAll('-', '/')} ${time.slice(11, 19)} [error] 31#31: *${1_000 + die.roll(900_000)} ${why}, client: ${client}, server: ${stream.host}, request: "GET ${path} HTTP/1.1", upstream: "http://${address}${path}", host: "${stream.host}"`;
  return [{ atMs, text: error }, access];
}

function errorOf(code: ProxyCode, nobody: boolean): string | null {
  if (code === 502) return nobody ? 'connect() failed (111: Connection refused) while connecting to upstream' : 'upstream prematurely closed connection while reading response header from upstream';
  if (code === 504) return nobody ? 'upstream timed out (110: Operation timed out) while connecting to upstream' : 'upstream timed out (110: Operation timed out) while reading response header from upstream';
  return null;
}

/** `namespace-service-port` and the addresses of its endpoints, as the controller knows them. */
function upstreamOf({ service }: EntranceWindow['streams'][number], store: ObjectStore): Upstream {
  if (service === null) return { name: '', addresses: [] };
  const [namespace = '', name = ''] = service.split('/');
  const port = store.get('Service', namespace, name)?.spec?.ports?.[0]?.port ?? 80;
  const addresses = store.list('EndpointSlice', namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap(({ endpoints, ports }) => endpoints.flatMap(({ addresses: ips, conditions }) => (conditions?.ready === true ? ips.map((ip) => `${ip}:${ports?.[0]?.port ?? port}`) : [])));
  return { name: `${namespace}-${name}-${port}`, addresses };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `21/Nov/2026:15:00:01 +0000`. */
function commonTime(unixMs: number): string {
  const time = new Date(unixMs).toISOString();
  return `${time.slice(8, 10)}/${MONTHS[Number(time.slice(5, 7)) - 1]}/${time.slice(0, 4)}:${time.slice(11, 19)} +0000`;
}
