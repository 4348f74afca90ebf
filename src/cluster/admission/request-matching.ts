import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { budgetSelects } from '../labels.ts';
import { isCustomKind, resourceOf } from '../custom-kind.ts';
import type { ObjectStore } from '../store.ts';
import { groupOf, namespaceLabels, versionOf, type AdmissionRequest } from './admission-request.ts';

/** What webhooks and policies say of the requests that they are for. */
export interface Matching {
  readonly rules: readonly Rule[] | undefined;
  readonly excluded?: readonly Rule[] | undefined;
  readonly matchPolicy: string | undefined;
  readonly namespaceSelector: LabelSelector | undefined;
  readonly objectSelector: LabelSelector | undefined;
}

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

/** Whether a request is one of those. Configurations of admission itself are never: nobody shall lock himself out. */
export function matchesRequest(store: ObjectStore, matching: Matching, request: AdmissionRequest): boolean {
  if (groupOf(request.apiVersion) === 'admissionregistration.k8s.io') return false;
  const equivalent = matching.matchPolicy !== 'Exact';
  if (matching.rules !== undefined && !matching.rules.some((rule) => matchesRule(rule, request, equivalent))) return false;
  if (matching.excluded?.some((rule) => matchesRule(rule, request, equivalent)) === true) return false;
  const labels = namespaceLabels(store, request);
  if (labels !== null && matching.namespaceSelector !== undefined && !budgetSelects(matching.namespaceSelector, labels)) return false;
  const { objectSelector } = matching;
  if (objectSelector === undefined || isEmpty(objectSelector)) return true;
  return [request.object, request.oldObject].some((object) => object !== null && budgetSelects(objectSelector, object.metadata.labels));
}

function isEmpty({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}

function matchesRule(rule: Rule, request: AdmissionRequest, equivalent: boolean): boolean {
  const { plural, namespaced } = resourceOf(request.kind);
  const has = (list: readonly string[] | undefined, word: string): boolean => list?.some((one) => one === '*' || one === word) === true;
  if (!has(rule.operations, request.operation) || !has(rule.apiGroups, groupOf(request.apiVersion))) return false;
  const otherVersions = equivalent && (isCustomKind(request.kind) || request.kind === 'HorizontalPodAutoscaler');
  if (!otherVersions && !has(rule.apiVersions, versionOf(request.apiVersion))) return false;
  if (rule.scope === 'Namespaced' && !namespaced) return false;
  if (rule.scope === 'Cluster' && namespaced) return false;
  if ((rule.resourceNames ?? []).length > 0 && !has(rule.resourceNames, request.name)) return false;
  return (rule.resources ?? []).some((one) => matchesResource(one, plural, request.subresource));
}

/** `pods`, `pods/status`, `pods/*`, `*\/scale`, `*` (no subresources), `*\/*`. */
function matchesResource(rule: string, plural: string, subresource: string): boolean {
  const [resource, sub = ''] = rule.split('/');
  return (resource === '*' || resource === plural) && (sub === '*' || sub === subresource);
}
