import type { WebhookProgram } from '../admission/webhook-call.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { KindMap } from '../objects.ts';

type Container = NonNullable<KindMap['Pod']['spec']>['containers'][number];
type Response = JsonObject;

/**
 * The webhooks that the image of Kubernetes' own end-to-end tests serves; null where a container's program is none of
 * them, or listens on another port. Source: kubernetes/test/images/agnhost/{webhook,crd-conversion-webhook}.
 */
export function agnhostWebhook({ command = [], args = [] }: Container, port: number): WebhookProgram | null {
  const words = [...command.slice(1), ...args];
  const program = words.find((word) => !word.startsWith('-'));
  if (webhookPort(words) !== port) return null;
  if (program === 'webhook') return { answer: (path, review) => judged(path, review) };
  return program === 'crd-conversion-webhook' ? { answer: (_path, review) => ({ afterMs: 0, review: { ...review, response: conversion(part(review, 'request')) } }) } : null;
}

/** Which port a webhook of these words listens on. */
export function webhookPort(words: readonly string[]): number {
  return Number(words.find((word) => word.startsWith('--port='))?.slice('--port='.length) ?? 443);
}

function judged(path: string, review: JsonObject): ReturnType<WebhookProgram['answer']> {
  const request = part(review, 'request');
  if (path === '/pods' && part(part(request, 'object'), 'metadata', 'labels')['webhook-e2e-test'] === 'wait-forever') return { afterMs: Infinity, failure: 'EOF' };
  const judge = PATHS[path];
  if (judge === undefined) return { afterMs: 0, failure: 'the server could not find the requested resource' };
  const { apiVersion, kind } = review;
  return { afterMs: path === '/always-allow-delay-5s' ? 5_000 : 0, review: { apiVersion, kind, response: { uid: request['uid'], ...judge(request) } } };
}

const PATHS: Readonly<Record<string, (request: JsonObject) => Response>> = {
  '/always-allow-delay-5s': () => ({ allowed: true, status: { message: 'this webhook allows all requests' } }),
  '/always-deny': () => denied('this webhook denies all requests'),
  '/add-label': ({ object }) => {
    const labels = part(object, 'metadata', 'labels');
    if (Object.keys(labels).length === 0) return patched('add', '/metadata/labels', { 'added-label': 'yes' });
    if (labels['added-label'] === 'yes') return ALLOWED;
    return patched(labels['added-label'] === undefined ? 'add' : 'replace', '/metadata/labels/added-label', 'yes');
  },
  '/pods': ({ object }) => {
    const words = part(object, 'metadata', 'labels')['webhook-e2e-test'] === 'webhook-disallow' ? ['the pod contains unwanted label;'] : [];
    const names = list(part(object, 'spec')['containers']).map((container) => String(part(container)['name']));
    for (const name of names) if (name.includes('webhook-disallow')) words.push('the pod contains unwanted container name;');
    return words.length === 0 ? ALLOWED : denied(words.join(' '));
  },
  '/pods/attach': ({ name, object }) => {
    const { stdin, container } = part(object);
    return name === 'to-be-attached-pod' && stdin === true && container === 'container1' ? denied("attaching to pod 'to-be-attached-pod' is not allowed") : ALLOWED;
  },
  '/mutating-pods': ({ object }) => {
    if (part(object, 'metadata')['name'] !== 'webhook-to-be-mutated') return ALLOWED;
    if (list(part(object, 'spec')['initContainers']).some((one) => part(one)['name'] === 'webhook-added-init-container')) return ALLOWED;
    return patched('add', '/spec/initContainers', [{ image: 'webhook-added-image', name: 'webhook-added-init-container', resources: {} }]);
  },
  '/configmaps': (request) => judgedData(request, 'configmap'),
  '/mutating-configmaps': mutatedData,
  '/custom-resource': (request) => judgedData(request, 'custom resource'),
  '/mutating-custom-resource': mutatedData,
  '/crd': ({ object }) => (part(object, 'metadata', 'labels')['webhook-e2e-test'] === 'webhook-disallow' ? denied('the crd contains unwanted label') : ALLOWED),
};

const ALLOWED: Response = { allowed: true };

function denied(message: string): Response {
  return { allowed: false, status: { metadata: {}, message } };
}

function patched(op: 'add' | 'replace', path: string, value: unknown): Response {
  return { allowed: true, patchType: 'JSONPatch', patch: [{ op, path, value }] };
}

/** Its refusals stand in the reason, not in the message. */
function judgedData({ operation, object, oldObject }: JsonObject, kind: string): Response {
  const mark = part(operation === 'DELETE' ? oldObject : object, 'data')['webhook-e2e-test'];
  if (mark === 'webhook-disallow' && (operation === 'CREATE' || operation === 'UPDATE')) return { allowed: false, status: { metadata: {}, reason: `the ${kind} contains unwanted ${kind === 'configmap' ? 'key and value' : 'data'}` } };
  if (mark === 'webhook-nondeletable' && operation === 'DELETE') return { allowed: false, status: { metadata: {}, reason: `the ${kind} cannot be deleted because it contains unwanted key and value` } };
  return ALLOWED;
}

function mutatedData({ object }: JsonObject): Response {
  const data = part(object, 'data');
  if (data['mutation-stage-1'] === 'yes') return patched('add', '/data/mutation-stage-2', 'yes');
  return data['mutation-start'] === 'yes' ? patched('add', '/data/mutation-stage-1', 'yes') : ALLOWED;
}

/** Between `stable.example.com/v1`, which has `hostPort`, and `/v2`, which has `host` and `port`. */
function conversion({ uid, objects, desiredAPIVersion }: JsonObject): Response {
  const failed = (message: string): Response => ({ uid, convertedObjects: [], result: { metadata: {}, status: 'Failure', message } });
  const converted: JsonObject[] = [];
  for (const object of list(objects).map((one) => part(one))) {
    const from = object['apiVersion'];
    if (from === desiredAPIVersion) return failed(`conversion from a version to itself should not call the webhook: ${String(from)}`);
    if (from !== V1 && from !== V2) return failed(`unexpected conversion version ${JSON.stringify(from)}`);
    if (desiredAPIVersion !== V1 && desiredAPIVersion !== V2) return failed(`unexpected conversion version ${JSON.stringify(desiredAPIVersion)}`);
    const { hostPort, host, port, ...rest } = object;
    if (from === V1 && hostPort !== undefined) {
      const parts = textOf(hostPort).split(':');
      if (parts.length !== 2) return failed(`invalid hostPort value \`${textOf(hostPort)}\``);
      converted.push({ ...rest, apiVersion: desiredAPIVersion, host: parts[0], port: parts[1] });
    } else if (from === V2 && (host !== undefined || port !== undefined)) converted.push({ ...rest, apiVersion: desiredAPIVersion, hostPort: `${textOf(host)}:${textOf(port)}` });
    else converted.push({ ...object, apiVersion: desiredAPIVersion });
  }
  return { uid, convertedObjects: converted, result: { metadata: {}, status: 'Success' } };
}

const V1 = 'stable.example.com/v1';
const V2 = 'stable.example.com/v2';

/** What lies under these keys; nothing where that is no object. */
function part(value: unknown, ...keys: readonly string[]): JsonObject {
  let at = value;
  for (const key of keys) at = isJsonObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return isJsonObject(at) ? at : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}
