import type { NodeSelectorRequirement, NodeSelectorTerm } from 'kubernetes-types/core/v1';
import { hasLabels, meets } from '../labels.ts';
import type { KindMap } from '../objects.ts';

type Node = KindMap['Node'];
type Pod = KindMap['Pod'];

/** Whether a node has what a pod's nodeSelector and required node affinity ask for. */
export function matchesNode(pod: Pod, node: Node): boolean {
  const wanted = pod.spec?.nodeSelector;
  if (wanted !== undefined && !hasLabels(wanted, node.metadata.labels)) return false;
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node));
}

/** What a pod's preferred node affinity gives a node, out of 1. */
export function nodePreference(pod: Pod, node: Node): number {
  const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution;
  if (preferred === undefined || preferred.length === 0) return 0;
  let won = 0;
  let all = 0;
  for (const { weight, preference } of preferred) {
    all += weight;
    if (matchesTerm(preference, node)) won += weight;
  }
  return all === 0 ? 0 : won / all;
}

/** The name that a pod's required affinity ties it to, as a DaemonSet's pods are; null where it is tied to none. */
export function pinnedTo(pod: Pod): string | null {
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const field = terms?.[0]?.matchFields?.[0];
  return terms?.length === 1 && field?.key === 'metadata.name' && field.operator === 'In' ? (field.values?.[0] ?? null) : null;
}

/** Whether a node meets a term; an empty term is met by none. */
export function matchesTerm(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  return expressions.every((expression) => meetsNode(expression, node.metadata.labels?.[expression.key]))
    && fields.every((field) => meetsNode(field, field.key === 'metadata.name' ? node.metadata.name : undefined));
}

function meetsNode({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
    case 'NotIn':
    case 'Exists':
    case 'DoesNotExist':
    case 'Gt':
    case 'Lt':
      return meets(operator, values, value);
    default:
      return false;
  }
}
