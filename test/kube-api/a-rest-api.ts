import type { Answer, Impersonation, Stream, User } from '../../src/kube-api/answer.ts';
import type { TokenSigner } from '../../src/kube-api/authorization/service-account-tokens.ts';
import { RestApi } from '../../src/kube-api/rest-api.ts';
import { SmallProcesses } from './small-processes.ts';
import { SmallCluster } from '../support/small-cluster.ts';
import type { LogLine } from '../../src/cluster/signals/logs.ts';

interface Ask {
  readonly accept?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Who asks; somebody of `system:masters` where nobody is named. */
  readonly user?: User;
  readonly impersonate?: Impersonation;
}

/** What came back, with its body as JSON where it is some. */
export interface Answered {
  readonly code: number;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents of any shape
  readonly body: any;
}

const ANA: User = { name: 'ana', groups: ['system:masters'] };

/** A small cluster behind its REST API, without a network. */
export class ARestApi {
  readonly cluster: SmallCluster;
  readonly api: RestApi;
  readonly processes = new SmallProcesses();
  /** What `podLogs` answers. */
  readonly logs: LogLine[] = [];

  constructor(options: ConstructorParameters<typeof SmallCluster>[0] = {}, signer: TokenSigner | null = null) {
    this.cluster = new SmallCluster(options);
    const { plane } = this.cluster;
    this.api = new RestApi({
      api: plane.api, store: plane.store, clock: plane.clock, processes: this.processes, podLogs: () => this.logs,
      usage: (kind) => (kind === 'pod' ? { cpuMilli: 12, memoryMiB: 90 } : { cpuMilli: 120, memoryMiB: 900 }),
    }, undefined, signer);
  }

  raw(method: string, url: string, { accept, type, headers, body, user = ANA, impersonate }: Ask = {}): Answer {
    const { pathname, searchParams } = new URL(url, 'https://cluster');
    const bytes = body === undefined ? new Uint8Array() : body instanceof Uint8Array ? body : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body));
    return this.api.answer({
      method, path: pathname, query: searchParams, body: bytes, user, ...(impersonate === undefined ? {} : { impersonate }),
      headers: { accept: accept ?? 'application/json', ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    });
  }

  ask(method: string, url: string, ask: Ask = {}): Answered {
    const answer = this.raw(method, url, ask);
    if (answer.kind !== 'whole') throw new Error(`${url} streams`);
    const { code, type, headers, body: text } = answer;
    return { code, type, headers, text, body: type.startsWith('application/json') && text !== '' ? (JSON.parse(text) as unknown) : null };
  }

  get(url: string, accept?: string): Answered {
    return this.ask('GET', url, accept === undefined ? {} : { accept });
  }

  patch(url: string, kind: 'json' | 'merge' | 'strategic' | 'apply', body: unknown): Answered {
    const types = { json: 'application/json-patch+json', merge: 'application/merge-patch+json', strategic: 'application/strategic-merge-patch+json', apply: 'application/apply-patch+yaml' };
    return this.ask('PATCH', url, { type: types[kind], body });
  }

  stream(url: string, accept?: string): AStream {
    const answer = this.raw('GET', url, accept === undefined ? {} : { accept });
    if (answer.kind !== 'stream') throw new Error(`${url} does not stream: ${JSON.stringify(answer)}`);
    return new AStream(answer);
  }
}

/** A stream as a client reads it. */
export class AStream {
  readonly stream: Stream;
  text = '';
  ended = false;

  constructor(answer: Extract<Answer, { kind: 'stream' }>) {
    this.stream = answer.open((text) => { this.text += text; }, () => { this.ended = true; });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into documents of any shape
  get events(): readonly { readonly type: string; readonly object: any }[] {
    return this.text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { type: string; object: unknown });
  }

  /** `ADDED web-1`. */
  get told(): readonly string[] {
    return this.events.map(({ type, object }) => `${type} ${(object as { metadata: { name?: string } }).metadata.name ?? '-'}`);
  }
}

export const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
export const AGGREGATED_DISCOVERY = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

export function aConfigMap(name: string, data: Readonly<Record<string, string>> = {}, labels: Readonly<Record<string, string>> = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
}
