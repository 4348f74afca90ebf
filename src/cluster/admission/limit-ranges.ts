import type { Container, LimitRangeItem, PodSpec } from 'kubernetes-types/core/v1';
import { compareTexts } from '../../time/text-order.ts';
import type { KindMap } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { qosClass } from './pod-defaults.ts';

type Pod = KindMap['Pod'];
type LimitRange = KindMap['LimitRange'];
type Quantities = Readonly<Record<string, string>>;

/** A pod with the requests and limits that LimitRanges give to containers that have none. */
export function withLimits(pod: Pod, ranges: readonly LimitRange[]): Pod {
  return ranges.reduce(withRange, pod);
}

function withRange(pod: Pod, range: LimitRange): Pod {
  const notes: string[] = [];
  const requests: Record<string, string> = {};
  const limits: Record<string, string> = {};
  for (const item of range.spec?.limits ?? []) {
    if (item.type !== 'Container') continue;
    Object.assign(requests, item.defaultRequest);
    Object.assign(limits, item.default);
  }
  const fill = (container: Container, word: string): Container => filledContainer(container, word, requests, limits, notes);
  const spec: PodSpec = { containers: [], ...pod.spec };
  const containers = spec.containers.map((container) => fill(container, 'container'));
  const initContainers = spec.initContainers?.map((container) => fill(container, 'init container'));
  if (notes.length === 0) return pod;
  const changed = { ...spec, containers, ...(initContainers === undefined ? {} : { initContainers }) };
  const annotations = { ...pod.metadata.annotations, 'kubernetes.io/limit-ranger': `LimitRanger plugin set: ${notes.join('; ')}` };
  return { ...pod, metadata: { ...pod.metadata, annotations }, spec: changed, status: { ...pod.status, qosClass: qosClass(changed) } };
}

function filledContainer(container: Container, word: string, requests: Quantities, limits: Quantities, notes: string[]): Container {
  const own = container.resources ?? {};
  const setRequests = Object.keys(requests).filter((resource) => own.requests?.[resource] === undefined).sort(compareTexts);
  const setLimits = Object.keys(limits).filter((resource) => own.limits?.[resource] === undefined).sort(compareTexts);
  if (setRequests.length > 0) notes.push(`${setRequests.join(', ')} request for ${word} ${container.name}`);
  if (setLimits.length > 0) notes.push(`${setLimits.join(', ')} limit for ${word} ${container.name}`);
  if (setRequests.length + setLimits.length === 0) return container;
  const asked = { ...requests, ...own.requests };
  const most = { ...limits, ...own.limits };
  return { ...container, resources: { ...own, ...(Object.keys(most).length === 0 ? {} : { limits: most }), requests: asked } };
}

/** Why a pod breaks a LimitRange of its namespace, or null. Several reasons are put in brackets. */
export function limitProblem(pod: Pod, ranges: readonly LimitRange[]): string | null {
  const problems: string[] = [];
  for (const range of ranges) {
    for (const item of range.spec?.limits ?? []) {
      if (item.type === 'Container') for (const container of pod.spec?.containers ?? []) problems.push(...itemProblems(item, container.resources?.requests ?? {}, container.resources?.limits ?? {}));
      if (item.type === 'Pod') problems.push(...itemProblems(item, total(pod, 'requests'), total(pod, 'limits')));
    }
  }
  if (problems.length === 0) return null;
  return problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`;
}

/** Why a claim breaks a LimitRange of its namespace, or null. */
export function claimLimitProblem({ spec }: KindMap['PersistentVolumeClaim'], ranges: readonly LimitRange[]): string | null {
  const requests = spec?.resources?.requests ?? {};
  const problems = ranges.flatMap((range) => (range.spec?.limits ?? []).filter(({ type }) => type === 'PersistentVolumeClaim').flatMap(({ type, min, max }) => [
    ...inOrder(min).flatMap(([resource, least]) => boundProblem(`minimum ${resource} usage per ${type} is ${least}`, requests[resource], (asked) => asked < value(least))),
    ...inOrder(max).flatMap(([resource, most]) => boundProblem(`maximum ${resource} usage per ${type} is ${most}`, requests[resource], (asked) => asked > value(most))),
  ]));
  return problems.length === 0 ? null : problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`;
}

function boundProblem(label: string, request: string | undefined, breaks: (asked: number) => boolean): string[] {
  if (request === undefined) return [`${label}.  No request is specified`];
  return breaks(value(request)) ? [`${label}, but request is ${request}`] : [];
}

/** What is wrong with a LimitRange itself: bounds that contradict each other. Source: pkg/apis/core/validation. */
export function limitRangeErrors({ spec }: KindMap['LimitRange']): string[] {
  return (spec?.limits ?? []).flatMap((item, at) => {
    const ordered: (readonly [low: keyof LimitRangeItem, high: keyof LimitRangeItem, text: (low: string, high: string) => string])[] = [
      ['min', 'max', (low, high) => `min value ${low} is greater than max value ${high}`],
      ['min', 'defaultRequest', (low, high) => `min value ${low} is greater than default request value ${high}`],
      ['defaultRequest', 'max', (low, high) => `default request value ${low} is greater than max value ${high}`],
      ['defaultRequest', 'default', (low, high) => `default request value ${low} is greater than default limit value ${high}`],
      ['min', 'default', (low, high) => `min value ${low} is greater than default value ${high}`],
      ['default', 'max', (low, high) => `default value ${low} is greater than max value ${high}`],
    ];
    const errors = ordered.flatMap(([low, high, text]) => inOrder(item[low] as Quantities | undefined).flatMap(([resource, least]) => {
      const most = (item[high] as Quantities | undefined)?.[resource];
      return most === undefined || value(least) <= value(most) ? [] : [`spec.limits[${at}].${low}[${resource}]: Invalid value: ${JSON.stringify(least)}: ${text(least, most)}`];
    }));
    const claim = item.type === 'PersistentVolumeClaim' && item.min?.['storage'] === undefined && item.max?.['storage'] === undefined;
    return claim ? [...errors, `spec.limits[${at}].limits: Required value: either minimum or maximum storage value is required, but neither was provided`] : errors;
  });
}

function itemProblems(item: LimitRangeItem, requests: Quantities, limits: Quantities): string[] {
  const problems: string[] = [];
  for (const [resource, least] of inOrder(item.min)) {
    const request = requests[resource];
    const limit = limits[resource];
    const label = `minimum ${resource} usage per ${item.type} is ${least}`;
    if (request === undefined) problems.push(`${label}.  No request is specified`);
    else if (value(request) < value(least)) problems.push(`${label}, but request is ${request}`);
    if (limit !== undefined && value(limit) < value(least)) problems.push(`${label}, but limit is ${limit}`);
  }
  for (const [resource, most] of inOrder(item.max)) {
    const request = requests[resource];
    const limit = limits[resource];
    const label = `maximum ${resource} usage per ${item.type} is ${most}`;
    if (limit === undefined) problems.push(`${label}.  No limit is specified`);
    else if (value(limit) > value(most)) problems.push(`${label}, but limit is ${limit}`);
    if (request !== undefined && value(request) > value(most)) problems.push(`${label}, but request is ${request}`);
  }
  for (const [resource, ratio] of inOrder(item.maxLimitRequestRatio)) {
    const label = `${resource} max limit to request ratio per ${item.type} is ${ratio}`;
    const request = value(requests[resource] ?? '0');
    const limit = value(limits[resource] ?? '0');
    if (request === 0 || limit === 0) problems.push(`${label}, but no request is specified or request is 0`.replace('no request', request === 0 ? 'no request' : 'no limit').replace('or request', request === 0 ? 'or request' : 'or limit'));
    else if (limit / request > value(ratio)) problems.push(`${label}, but provided ratio is ${(limit / request).toFixed(6)}`);
  }
  return problems;
}

/** A pod's containers together; its init containers count where one alone is larger. */
function total(pod: Pod, field: 'requests' | 'limits'): Quantities {
  const sums: Record<string, number> = {};
  for (const { resources } of pod.spec?.containers ?? []) {
    for (const [resource, quantity] of Object.entries(resources?.[field] ?? {})) sums[resource] = (sums[resource] ?? 0) + value(quantity);
  }
  for (const { resources } of pod.spec?.initContainers ?? []) {
    for (const [resource, quantity] of Object.entries(resources?.[field] ?? {})) sums[resource] = Math.max(sums[resource] ?? 0, value(quantity));
  }
  return Object.fromEntries(Object.entries(sums).map(([resource, sum]) => [resource, String(sum)]));
}

function value(quantity: string): number {
  return parseQuantity(quantity) ?? 0;
}

function inOrder(quantities: Quantities | undefined): [string, string][] {
  return Object.entries(quantities ?? {}).sort(([left], [right]) => compareTexts(left, right));
}
