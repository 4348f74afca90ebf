import type { AgendaEntry } from '../../../src/cluster/agenda-entry.ts';
import { Cluster } from '../../../src/cluster/cluster.ts';
import type { KubeObject } from '../../../src/cluster/objects.ts';
import type { Answer, User } from '../../../src/kube-api/answer.ts';
import { RestApi } from '../../../src/kube-api/rest-api.ts';
import WIRE from '../../../src/kube-api/schema/wire.json' with { type: 'json' };
import { TokenKey } from '../../../src/outside/token-key.ts';
import { Agenda } from '../../../src/time/agenda.ts';
import { AStream } from '../../kube-api/a-rest-api.ts';
import { toProtobuf } from '../../kube-api/protobuf-writer.ts';
import { aNode } from '../../support/small-cluster.ts';

export { aNode };

// oxlint-disable-next-line typescript/no-explicit-any -- specs look into documents of any shape
export type Any = any;

export interface Said {
  readonly code: number;
  readonly text: string;
  readonly body: Any;
  readonly warnings: readonly string[];
}

/** Somebody of `system:masters`, as the end-to-end tests are. */
const ADMIN: User = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };
const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const PATCHES = { json: 'application/json-patch+json', merge: 'application/merge-patch+json', strategic: 'application/strategic-merge-patch+json', apply: 'application/apply-patch+yaml' } as const;

/**
 * A cluster whose containers run, as Kubernetes' own end-to-end tests find one, asked the way those ask: built-in kinds in
 * protobuf, everything else in JSON. Simulated time costs nothing: waiting is short.
 */
export class AnE2eCluster {
  readonly agenda = new Agenda<AgendaEntry>(-400_000);
  readonly cluster: Cluster;
  readonly api: RestApi;
  readonly #watches: AStream[] = [];
  #namespaces = 0;

  constructor(nodes: readonly KubeObject[] = [aNode('node-1'), aNode('node-2')]) {
    this.cluster = new Cluster({
      agenda: this.agenda, seed: 7, epochMs: Date.parse('2026-02-10T03:10:00Z'),
      spec: { name: 'e2e', objects: nodes, traffic: { load: [], programs: {}, externals: {}, alerts: [], images: {} } },
      tooSlowMs: () => Infinity, onAlert: () => undefined,
    });
    const { cluster } = this;
    const key = new TokenKey();
    cluster.mountTokens((claims) => key.sign(claims));
    this.api = new RestApi({
      api: cluster.api, store: cluster.plane.store, clock: cluster.plane.clock, processes: cluster.processes,
      podLogs: (namespace, name, previous, container) => cluster.podLogs(namespace, name, previous, container), usage: () => null,
    }, undefined, key);
    this.wait(0 - this.agenda.nowMs);
  }

  /** Lets simulated time pass. */
  wait(ms: number): void {
    const untilMs = this.agenda.nowMs + ms;
    for (let entry = this.agenda.take(untilMs); entry !== null; entry = this.agenda.take(untilMs)) entry.due(this.agenda.nowMs);
    this.agenda.moveTo(untilMs);
    for (const { stream } of this.#watches) stream.poll();
  }

  /** A namespace as the framework makes one: labelled for the tests, with its ServiceAccount and root certificate. */
  namespace(base: string, labels: Readonly<Record<string, string>> = {}): string {
    const name = `${base}-${1000 + ++this.#namespaces}`;
    this.create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { 'e2e-framework': base, 'e2e-run': 'b2c6e4a0', 'pod-security.kubernetes.io/enforce': 'privileged', ...labels } } });
    this.eventually(() => this.get(`/api/v1/namespaces/${name}/serviceaccounts/default`).code === 200, 'the default ServiceAccount');
    this.eventually(() => this.get(`/api/v1/namespaces/${name}/configmaps/kube-root-ca.crt`).code === 200, 'kube-root-ca.crt');
    return name;
  }

  /** One request, however it goes. Bodies are sent as client-go sends those of its typed clients. */
  ask(method: string, url: string, { body, type, accept = `${PROTOBUF}, */*`, user = ADMIN, headers = {} }: { body?: unknown; type?: string; accept?: string; user?: User; headers?: Readonly<Record<string, string>> } = {}): Said {
    const answer = this.#raw(method, url, { body, type, accept, user, headers });
    if (answer.kind === 'later') return this.#later(answer);
    if (answer.kind !== 'whole') throw new Error(`${method} ${url} came as ${answer.kind}`);
    const text = answer.bytes === undefined ? answer.body : new TextDecoder().decode(answer.bytes);
    const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : null;
    return { code: answer.code, text, body: parsed, warnings: Object.entries(answer.headers).filter(([name]) => name.toLowerCase() === 'warning').map(([, value]) => value) };
  }

  get(url: string): Said {
    return this.ask('GET', url);
  }

  /** What is there; throws what the server says where it is not. */
  read(url: string): Any {
    return this.#ok('GET', url, this.get(url));
  }

  create(url: string, body: object, type?: string): Any {
    return this.#ok('POST', url, this.ask('POST', url, { body, ...(type === undefined ? {} : { type }) }));
  }

  update(url: string, body: object): Any {
    return this.#ok('PUT', url, this.ask('PUT', url, { body }));
  }

  /** Reads, changes and writes again, as `retry.RetryOnConflict` does. */
  change(url: string, change: (object: Any) => void): Any {
    for (let nth = 0; ; nth++) {
      const object = this.read(url);
      change(object);
      const said = this.ask('PUT', url, { body: object });
      if (said.code !== 409 || nth > 5) return this.#ok('PUT', url, said);
    }
  }

  patch(url: string, kind: keyof typeof PATCHES, body: unknown): Any {
    return this.#ok('PATCH', url, this.ask('PATCH', url, { type: PATCHES[kind], body }));
  }

  /** `options` as client-go sends DeleteOptions. */
  delete(url: string, options: object = {}): Any {
    return this.#ok('DELETE', url, this.ask('DELETE', url, { body: { apiVersion: 'v1', kind: 'DeleteOptions', ...options } }));
  }

  /** Events as they come, from now on or from where the query says. */
  watch(url: string): AStream {
    const answer = this.#raw('GET', `${url}${url.includes('?') ? '&' : '?'}watch=true`, { accept: `${PROTOBUF}, */*`, user: ADMIN, headers: {} });
    if (answer.kind !== 'stream') throw new Error(`${url} cannot be watched: ${JSON.stringify(answer)}`);
    const stream = new AStream(answer);
    this.#watches.push(stream);
    return stream;
  }

  /** Waits until it holds, and says what did not. */
  eventually(holds: () => boolean, what: string, withinMs = 300_000): void {
    for (let waitedMs = 0; !isSo(holds); waitedMs += 500) {
      if (waitedMs >= withinMs) throw new Error(`${what} did not come in ${withinMs / 1000} s`);
      this.wait(500);
    }
  }

  /** Waits until a watch told such an event. */
  heard(watch: AStream, is: (event: { readonly type: string; readonly object: Any }) => boolean, what: string): void {
    this.eventually(() => watch.events.some((event) => isSo(() => is(event))), what);
  }

  /** Waits for what a request answers to be so. */
  until(url: string, holds: (body: Any) => boolean, what: string, withinMs?: number): Any {
    let last: Said = this.get(url);
    const there = (): boolean => {
      last = this.get(url);
      return last.code === 200 && holds(last.body);
    };
    try {
      this.eventually(there, what, withinMs);
    } catch (error) {
      throw new Error(`${String(error)}\n${url} says ${last.text.replace(/"managedFields":.*?\]\}?,"spec"/s, '"spec"').slice(0, 2_000)}`, { cause: error });
    }
    return last.body;
  }

  gone(url: string, withinMs?: number): void {
    this.eventually(() => this.get(url).code === 404, `the end of ${url}`, withinMs);
  }

  /** What a command in a container writes to both outputs, and its exit code. */
  exec(namespace: string, pod: string, container: string, command: readonly string[]): { readonly out: string; readonly code: number } {
    const query = new URLSearchParams([...command.map((word): [string, string] => ['command', word]), ['container', container], ['stdout', 'true'], ['stderr', 'true']]);
    const answer = this.#raw('POST', `/api/v1/namespaces/${namespace}/pods/${pod}/exec?${query.toString()}`, { accept: '*/*', user: ADMIN, headers: { connection: 'Upgrade', upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v4.channel.k8s.io' } });
    if (answer.kind !== 'upgrade' || answer.upgrade.to !== 'process') throw new Error(`exec: ${JSON.stringify(answer)}`);
    const ran = { out: '', code: null as number | null };
    const text = (bytes: Uint8Array): void => { ran.out += new TextDecoder().decode(bytes); };
    const started = answer.upgrade.start({ stdout: text, stderr: text, exited: (code) => { ran.code = code; } });
    if (!started.ok) throw new Error(started.message);
    this.eventually(() => ran.code !== null, `the end of ${command.join(' ')}`, 60_000);
    return { out: ran.out, code: ran.code ?? -1 };
  }

  logs(namespace: string, pod: string, container?: string): string {
    const said = this.get(`/api/v1/namespaces/${namespace}/pods/${pod}/log${container === undefined ? '' : `?container=${container}`}`);
    if (said.code !== 200) throw new Error(said.text);
    return said.text;
  }

  /** Waits until a pod is ready, and gives it. */
  ready(namespace: string, pod: string, withinMs?: number): Any {
    return this.until(`/api/v1/namespaces/${namespace}/pods/${pod}`, (body) => isReady(body), `readiness of ${pod}`, withinMs);
  }

  /** Waits for pods of a label to be so many and all ready. */
  pods(namespace: string, selector: string, count: number): Any[] {
    const body = this.until(`/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`, ({ items }) => {
      const there = (items as Any[]).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      return there.length === count && there.every(isReady);
    }, `${count} pods of ${selector}`);
    return (body.items as Any[]).filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  }

  #ok(method: string, url: string, said: Said): Any {
    if (said.code >= 300) throw new Error(`${method} ${url}: ${said.code} ${said.body?.message ?? said.text}`);
    return said.body;
  }

  #later(answer: Extract<Answer, { kind: 'later' }>): Said {
    const came: Said[] = [];
    answer.ask(({ status, body }) => {
      const text = new TextDecoder().decode(body);
      came.push({ code: status, text, body: text.startsWith('{') ? JSON.parse(text) as unknown : null, warnings: [] });
    });
    this.eventually(() => came.length > 0, 'an answer', 60_000);
    return came[0] as Said;
  }

  #raw(method: string, url: string, { body, type, accept, user, headers }: { body?: unknown; type?: string | undefined; accept: string; user: User; headers: Readonly<Record<string, string>> }): Answer {
    const { pathname, searchParams } = new URL(url, 'https://cluster');
    const sent = encoded(body, type);
    return this.api.answer({ method, path: decodeURIComponent(pathname), query: searchParams, user, body: sent.bytes, headers: { accept, 'user-agent': 'e2e.test/v1.32.3', ...(body === undefined ? {} : { 'content-type': sent.type }), ...headers } });
  }
}

function encoded(body: unknown, type?: string): { readonly bytes: Uint8Array; readonly type: string } {
  const object = body as { apiVersion?: string; kind?: string } | undefined;
  const message = type === undefined ? messageOf(object?.apiVersion, object?.kind) : null;
  if (message !== null) return { bytes: toProtobuf(body as { apiVersion: string; kind: string }, message), type: PROTOBUF };
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  return { bytes: new TextEncoder().encode(text), type: type ?? 'application/json' };
}

function messageOf(apiVersion = '', kind = ''): string | null {
  if (kind === 'DeleteOptions') return 'apimachinery.pkg.apis.meta.v1.DeleteOptions';
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const name = `api.${(group ?? '').split('.')[0] ?? ''}.${version ?? ''}.${kind}`;
  return Object.hasOwn(WIRE, name) ? name : null;
}

/** What is looked at may not be there yet. */
function isSo(holds: () => boolean): boolean {
  try {
    return holds();
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

export function isReady({ status }: Any): boolean {
  return (status?.conditions as Any[] | undefined)?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}

export const AGNHOST = 'registry.k8s.io/e2e-test-images/agnhost:2.53';
export const HTTPD = 'registry.k8s.io/e2e-test-images/httpd:2.4.38-4';
export const NEW_HTTPD = 'registry.k8s.io/e2e-test-images/httpd:2.4.39-4';
export const NGINX = 'registry.k8s.io/e2e-test-images/nginx:1.14-4';
export const BUSYBOX = 'registry.k8s.io/e2e-test-images/busybox:1.36.1-1';
export const PAUSE = 'registry.k8s.io/pause:3.10';

/** A pod with one container. */
export function aPod(name: string, { labels = {}, container = {}, spec = {} }: { labels?: object; container?: object; spec?: object } = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: { containers: [{ name: 'agnhost-container', ...('image' in container ? {} : { image: AGNHOST, args: ['pause'] }), ...container }], ...spec } } as unknown as KubeObject;
}
