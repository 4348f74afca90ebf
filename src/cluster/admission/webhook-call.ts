import type { JsonPatchOperation } from '../api.ts';
import { selects } from '../labels.ts';
import type { JsonObject } from '../json.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { Policies } from '../traffic/reach.ts';

type Pod = KindMap['Pod'];

/** Where a webhook is: a Service of the cluster, or an address outside of it. */
export interface ClientConfig {
  readonly caBundle?: string;
  readonly url?: string;
  readonly service?: { readonly namespace: string; readonly name: string; readonly path?: string; readonly port?: number };
}

/** The programs of the cluster that answer webhooks. */
export interface WebhookPrograms {
  /** What listens at a pod's port; null where nothing does. */
  at(pod: Pod, port: number): WebhookProgram | null;
}

/** A program that answers reviews over HTTPS. `review` is the whole document; so is the answer. */
export interface WebhookProgram {
  /** What it says, or how its connection fails, in the words of Go's HTTP client: `EOF`. It answers after `afterMs`. */
  answer(path: string, review: JsonObject): { readonly afterMs: number } & ({ readonly review: JsonObject } | { readonly failure: string });
}

/** Where no program answers. */
export const NO_WEBHOOKS: WebhookPrograms = { at: () => null };

/** A review's response, or why there is none: the words that follow `failed to call webhook:`. */
export type Called = { readonly tookMs: number } & ({ readonly response: WebhookResponse } | { readonly error: string });

export interface WebhookResponse {
  readonly allowed?: boolean;
  readonly status?: { readonly code?: number; readonly message?: string; readonly reason?: string };
  readonly patch?: readonly JsonPatchOperation[];
  readonly warnings?: readonly string[];
  readonly convertedObjects?: readonly JsonObject[];
  readonly result?: { readonly status?: string; readonly message?: string };
}

/** Asks a webhook, as the API server's HTTP client does. */
export function callWebhook(store: ObjectStore, programs: WebhookPrograms, config: ClientConfig, timeoutS: number, review: JsonObject): Called {
  const { service } = config;
  const address = service === undefined ? (config.url ?? '') : `https://${service.name}.${service.namespace}.svc:${service.port ?? 443}${service.path ?? '/'}`;
  const failed = (problem: string, tookMs = 0): Called => ({ tookMs, error: `Post "${address}${address.includes('?') ? '&' : '?'}timeout=${timeoutS}s": ${problem}` });
  if (service === undefined) return failed(outsideProblem(address));
  const found = backend(store, service);
  if ('problem' in found) return failed(found.problem);
  // Packets that a policy drops are waited for.
  if (!new Policies(store).admits(found.pod, [found.port])) return failed('context deadline exceeded', timeoutS * 1000);
  const program = programs.at(found.pod, found.port);
  if (program === null) return failed(`dial tcp ${found.pod.status?.podIP ?? ''}:${found.port}: connect: connection refused`);
  if ((config.caBundle ?? '') === '') return failed('tls: failed to verify certificate: x509: certificate signed by unknown authority');
  const answer = program.answer(service.path ?? '/', review);
  if (answer.afterMs >= timeoutS * 1000) return failed('context deadline exceeded', timeoutS * 1000);
  if ('failure' in answer) return failed(answer.failure, answer.afterMs);
  return { tookMs: answer.afterMs, response: (answer.review['response'] ?? {}) };
}

/** Nothing outside of the cluster listens. */
function outsideProblem(url: string): string {
  const match = /^https:\/\/([^/:]+)(?::(\d+))?/.exec(url);
  const [host, port] = [match?.[1] ?? '', match?.[2] ?? '443'];
  if (host === 'localhost') return `dial tcp 127.0.0.1:${port}: connect: connection refused`;
  return /^[\d.]+$/.test(host) ? `dial tcp ${host}:${port}: connect: connection refused` : `dial tcp: lookup ${host} on 10.96.0.10:53: no such host`;
}

/** The pod that a connection to a Service reaches: the first ready one by name. */
function backend(store: ObjectStore, { namespace, name, port = 443 }: NonNullable<ClientConfig['service']>): { readonly pod: Pod; readonly port: number } | { readonly problem: string } {
  const service = store.get('Service', namespace, name);
  if (service === undefined) return { problem: `service ${JSON.stringify(name)} not found` };
  const open = service.spec?.ports?.find((one) => one.port === port);
  if (open === undefined) return { problem: `no service port ${port} found for service ${JSON.stringify(name)}` };
  const { selector } = service.spec ?? {};
  const pod = selector === undefined ? undefined : store.list('Pod', namespace).find((one) => selects({ matchLabels: selector }, one.metadata.labels) && isReady(one));
  if (pod === undefined) return { problem: `no endpoints available for service ${JSON.stringify(name)}` };
  const { targetPort = port } = open;
  const named = (pod.spec?.containers ?? []).flatMap(({ ports = [] }) => ports).find((one) => one.name === targetPort)?.containerPort;
  return { pod, port: typeof targetPort === 'number' ? targetPort : (named ?? Number(targetPort)) };
}

function isReady({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}
