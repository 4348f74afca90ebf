import { isJsonObject, type JsonObject } from '../cluster/json.ts';
import type { Answer, OpenStream, Request } from './answer.ts';
import { readObject } from './body/body.ts';
import { REST_RESOURCES, type RestResource } from './rest-resources.ts';

/** A kind under another group and version than the one it is stored in. */
export interface OtherVersion {
  readonly resource: RestResource;
  readonly stored: RestResource;
  readonly outward: (object: JsonObject) => JsonObject;
  readonly inward: (object: JsonObject) => JsonObject;
}

export const OTHER_VERSIONS: readonly OtherVersion[] = [
  otherVersion('HorizontalPodAutoscaler', 'autoscaling', 'v1', { outward: autoscalerToV1, inward: autoscalerFromV1 }),
  otherVersion('Event', 'events.k8s.io', 'v1', { outward: eventToNew, inward: eventFromNew }),
].flat();

/** Answers a request for a kind in another version through `ask`, which knows the stored one. */
export function throughStored(other: OtherVersion, request: Request, ask: (request: Request) => Answer): Answer {
  const { outward, inward } = other;
  let passed = other.resource.group === 'events.k8s.io' ? { ...request, query: withEventFields(request.query) } : request;
  if (request.body.length > 0 && request.method !== 'DELETE' && !(request.headers['content-type'] ?? '').startsWith('application/json-patch')) {
    const read = readObject(request);
    if ('kind' in read) return read;
    const type = request.method === 'PATCH' ? (request.headers['content-type'] ?? '').replace('yaml', 'json') : 'application/json';
    passed = { ...passed, body: new TextEncoder().encode(JSON.stringify(withVersion(inward(read.value), other.stored))), headers: { ...request.headers, 'content-type': type === 'application/apply-patch+json' ? 'application/apply-patch+yaml' : type } };
  }
  const answer = ask(passed);
  const show = (object: unknown): unknown => shown(object, other, outward);
  if (answer.kind === 'stream') return { ...answer, open: convertedLines(answer.open, show) };
  return answer.kind === 'whole' && answer.type.startsWith('application/json') && answer.code < 300 ? { ...answer, body: JSON.stringify(show(JSON.parse(answer.body))) } : answer;
}

/** Objects and lists of the stored version in the other one; tables, statuses and bookmarks as they are. */
function shown(document: unknown, { resource, stored }: OtherVersion, outward: OtherVersion['outward']): unknown {
  if (!isJsonObject(document) || document['apiVersion'] !== stored.apiVersion) return document;
  if (document['kind'] === stored.kind) return withVersion(outward(document), resource);
  const { items } = document;
  return document['kind'] === `${stored.kind}List` && Array.isArray(items) ? { ...document, apiVersion: resource.apiVersion, items: (items as JsonObject[]).map((item) => withVersion(outward(item), resource)) } : document;
}

/** A watch's lines with `show` of each object. */
export function convertedLines(open: OpenStream, show: (object: unknown) => unknown): OpenStream {
  return (push, end) => open((line) => {
    const event = JSON.parse(line) as { readonly type: string; readonly object: unknown };
    push(`${JSON.stringify({ type: event.type, object: show(event.object) })}\n`);
  }, end);
}

function withVersion(object: JsonObject, { apiVersion }: RestResource): JsonObject {
  return 'apiVersion' in object ? { ...object, apiVersion } : object;
}

function otherVersion(kind: string, group: string, version: string, convert: Pick<OtherVersion, 'outward' | 'inward'>): OtherVersion[] {
  const stored = REST_RESOURCES.find((one) => one.kind === kind);
  return stored === undefined ? [] : [{ ...convert, stored, resource: { ...stored, group, version, apiVersion: `${group}/${version}` } }];
}

/** autoscaling/v1 knows one measure: the processor time of pods in percent of what they ask for. */
function autoscalerToV1(object: JsonObject): JsonObject {
  const spec = partOf(object, 'spec');
  const { metrics, behavior: _behavior, ...rest } = spec;
  const { currentMetrics, conditions: _conditions, ...now } = partOf(object, 'status');
  const target = percentOf(metrics, 'target');
  const current = percentOf(currentMetrics, 'current');
  return {
    ...object, spec: { ...rest, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    ...('status' in object ? { status: { currentReplicas: 0, desiredReplicas: 0, ...now, ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }) } } : {}),
  };
}

function percentOf(metrics: unknown, of: string): unknown {
  const cpu = (Array.isArray(metrics) ? (metrics as JsonObject[]) : []).map((one) => partOf(one, 'resource')).find(({ name }) => name === 'cpu');
  return cpu === undefined ? undefined : partOf(cpu, of)['averageUtilization'];
}

function autoscalerFromV1(object: JsonObject): JsonObject {
  const { targetCPUUtilizationPercentage: percent, ...spec } = partOf(object, 'spec');
  const metrics = percent === undefined || percent === null ? {} : { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }] };
  const { status: _status, ...rest } = object;
  return 'spec' in object ? { ...rest, spec: { ...spec, ...metrics } } : rest;
}

/** Fields of an event: their names in the core group, and in events.k8s.io. */
const EVENT_FIELDS: readonly (readonly [core: string, other: string])[] = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'], ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
];

/** Selectors name fields as their version has them. */
function withEventFields(query: URLSearchParams): URLSearchParams {
  const selector = query.get('fieldSelector');
  if (selector === null) return query;
  const changed = new URLSearchParams(query);
  changed.set('fieldSelector', selector.replaceAll(/(^|,)regarding\./g, '$1involvedObject.').replaceAll(/(^|,)reportingController(?==|!)/g, '$1reportingComponent'));
  return changed;
}

function eventToNew(object: JsonObject): JsonObject {
  return { eventTime: null, ...renamed(object, new Map(EVENT_FIELDS)) };
}

function eventFromNew(object: JsonObject): JsonObject {
  return renamed(object, new Map(EVENT_FIELDS.map(([core, other]) => [other, core])));
}

function renamed(object: JsonObject, names: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value]));
}

function partOf(object: JsonObject, key: string): JsonObject {
  const part = object[key];
  return isJsonObject(part) ? part : {};
}
