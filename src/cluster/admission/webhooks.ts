import { celProgram, celValue } from '../kube-cel.ts';
import { isJsonObject } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { jsonPatch } from '../patching/json-patch.ts';
import { isRefusal, refuse, type Refusal } from '../refusals.ts';
import type { AnyObject, ObjectStore } from '../store.ts';
import { outside, reviewRequest, type AdmissionRequest } from './admission-request.ts';
import { matchesRequest } from './request-matching.ts';
import { callWebhook, type Called, type WebhookPrograms, type WebhookResponse } from './webhook-call.ts';

type MutatingWebhook = NonNullable<KindMap['MutatingWebhookConfiguration']['webhooks']>[number];
type Webhook = MutatingWebhook | NonNullable<KindMap['ValidatingWebhookConfiguration']['webhooks']>[number];

export interface WebhookContext {
  readonly store: ObjectStore;
  readonly programs: WebhookPrograms;
}

/** What the mutating webhooks make of a new object or revision. Those that ask for it are called again when a later one changed something. */
export function mutated(context: WebhookContext, request: AdmissionRequest): { readonly object: AnyObject; readonly warnings: readonly string[] } | Refusal {
  const webhooks = context.store.list('MutatingWebhookConfiguration', null).flatMap((configuration) => (configuration.webhooks ?? []).map((webhook, at) => ({ webhook, key: `${configuration.metadata.name}/${at}` })));
  let object = request.object as AnyObject;
  const warnings: string[] = [];
  const changedLast = new Map<string, AnyObject>();
  const spent = { ms: 0 };
  const round = (again: boolean): Refusal | null => {
    for (const { webhook, key } of webhooks) {
      if (again && (webhook.reinvocationPolicy !== 'IfNeeded' || changedLast.get(key) === object || !changedLast.has(key))) continue;
      const answer = asked(context, webhook, { ...request, object }, spent);
      if (spent.ms >= REQUEST_MS) return refuse(504, 'Timeout', 'Timeout: request did not complete within requested timeout - context deadline exceeded');
      if (answer === null) continue;
      if ('ok' in answer) return answer;
      warnings.push(...(answer.warnings ?? []));
      const next = patchedBy(object, answer, webhook.name);
      if (isRefusal(next)) return next;
      object = next;
      changedLast.set(key, object);
    }
    return null;
  };
  return round(false) ?? round(true) ?? { object, warnings };
}

/** What the validating webhooks say: warnings, or the refusal of the first that refuses. */
export function judgedByWebhooks(context: WebhookContext, request: AdmissionRequest): { readonly warnings: readonly string[] } | Refusal {
  const warnings: string[] = [];
  for (const configuration of context.store.list('ValidatingWebhookConfiguration', null)) {
    for (const webhook of configuration.webhooks ?? []) {
      const answer = asked(context, webhook, request);
      if (answer === null) continue;
      if ('ok' in answer) return answer;
      warnings.push(...(answer.warnings ?? []));
    }
  }
  return { warnings };
}

/**
 * What the API server grants a whole request: mutating webhooks are asked one after the other, and those that may fail are waited for
 * as well. (apiserver's `requestTimeoutUpperBound`)
 */
const REQUEST_MS = 34_000;

/** A webhook's answer where it lets the request pass; null where it has no say, or failed and may. */
function asked({ store, programs }: WebhookContext, webhook: Webhook, request: AdmissionRequest, spent = { ms: 0 }): WebhookResponse | Refusal | null {
  const { rules = [], matchPolicy, namespaceSelector, objectSelector } = webhook;
  if (!matchesRequest(store, { rules, matchPolicy, namespaceSelector, objectSelector }, request)) return null;
  const conditions = meetsConditions(webhook, request);
  if (conditions !== true) return conditions === false || webhook.failurePolicy === 'Ignore' ? null : failedCalling(webhook, conditions, '');
  const uid = store.newUid('ValidatingWebhookConfiguration');
  const review = { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${!webhook.admissionReviewVersions?.includes('v1') ? 'v1beta1' : 'v1'}`, request: reviewRequest(request, uid) };
  const called: Called = callWebhook(store, programs, webhook.clientConfig, webhook.timeoutSeconds ?? 10, review);
  spent.ms += called.tookMs;
  if ('error' in called) return webhook.failurePolicy === 'Ignore' ? null : failedCalling(webhook, called.error, 'failed to call webhook: ');
  return called.response.allowed ? called.response : denied(webhook.name, called.response);
}

/** True, false, or what went wrong in one of the conditions. */
function meetsConditions(webhook: Webhook, request: AdmissionRequest): boolean | string {
  const { matchConditions = [] } = webhook;
  if (matchConditions.length === 0) return true;
  const variables = { object: celValue(outside(request.object)), oldObject: celValue(outside(request.oldObject)), request: celValue(reviewRequest(request, '')) };
  let error: string | null = null;
  for (const { expression } of matchConditions) {
    const read = celProgram(expression, ['object', 'oldObject', 'request', 'authorizer']);
    const result = 'problem' in read ? { error: read.problem } : read.program(variables);
    if ('value' in result && result.value === false) return false;
    if ('error' in result) error ??= `expression '${expression}' resulted in error: ${result.error}`;
  }
  return error ?? true;
}

function failedCalling({ name }: Webhook, problem: string, step: string): Refusal {
  return refuse(500, 'InternalError', `Internal error occurred: failed calling webhook ${JSON.stringify(name)}: ${step}${problem}`);
}

/** Whatever code and reason the webhook gave; 400 and none where it gave none. */
function denied(name: string, { status }: WebhookResponse): Refusal {
  const by = `admission webhook ${JSON.stringify(name)} denied the request`;
  const message = (status?.message ?? '') !== '' ? `${by}: ${status?.message}` : (status?.reason ?? '') !== '' ? `${by}: ${status?.reason}` : `${by} without explanation`;
  const code = status?.code !== undefined && status.code >= 400 ? status.code : 400;
  return refuse(code, (status?.reason ?? (code === 403 ? 'Forbidden' : '')) as Refusal['status']['reason'], message);
}

function patchedBy(object: AnyObject, { patch }: WebhookResponse, name: string): AnyObject | Refusal {
  if (patch === undefined || patch.length === 0) return object;
  const result = jsonPatch(outside(object) ?? {}, patch);
  if (!result.ok) return refuse(500, 'InternalError', `Internal error occurred: ${result.problem}`);
  if (!isJsonObject(result.document)) return refuse(500, 'InternalError', `Internal error occurred: admission webhook ${JSON.stringify(name)} attempted to modify the object into nothing`);
  return { ...result.document, kind: object.kind } as unknown as AnyObject;
}
