import type { PodAffinityTerm, TopologySpreadConstraint } from 'kubernetes-types/core/v1';
import type { LabelSelector } from 'kubernetes-types/meta/v1';
import { budgetSelects, selects } from '../labels.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { matchesNode } from './node-affinity.ts';
import { untolerated } from './scheduling-filters.ts';

type Node = KindMap['Node'];
type Pod = KindMap['Pod'];

/** Why the pods that are there keep a pod from a node; `preemptible`: evicting some could help. */
export interface NeighbourProblem {
  readonly text: string;
  readonly preemptible: boolean;
}

/** Judges the nodes for one pod by where other pods are. Made for a pod once and asked for each node; null where it has nothing to ask. */
export class Neighbours {
  readonly #pod: Pod;
  readonly #store: ObjectStore;
  readonly #nodes: readonly Node[];
  /** By constraint: matching pods in each domain of eligible nodes. */
  readonly #spread = new Map<TopologySpreadConstraint, Map<string, number>>();
  /** Terms of the anti-affinity of pods that are there, with the node of each. */
  readonly #repelled: readonly { readonly term: PodAffinityTerm; readonly node: Node }[];
  readonly #gone: ReadonlySet<string>;

  /** `gone`: uids of pods to leave out, as if they had been evicted. */
  constructor(pod: Pod, store: ObjectStore, repelling: ReadonlySet<string>, gone: ReadonlySet<string> = new Set()) {
    this.#pod = pod;
    this.#store = store;
    this.#gone = gone;
    this.#nodes = store.list('Node', null);
    for (const constraint of pod.spec?.topologySpreadConstraints ?? []) this.#spread.set(constraint, this.#count(constraint));
    this.#repelled = [...repelling].flatMap((uid) => this.#termsAgainst(uid));
  }

  /** Why the pod may not go to the node, or null. */
  problem(node: Node): NeighbourProblem | null {
    for (const [constraint, counts] of this.#spread) {
      if (constraint.whenUnsatisfiable !== 'DoNotSchedule') continue;
      const domain = node.metadata.labels?.[constraint.topologyKey];
      if (domain === undefined) return { text: "node(s) didn't match pod topology spread constraints (missing required label)", preemptible: false };
      const own = selects(selectorOf(constraint, this.#pod), this.#pod.metadata.labels) ? 1 : 0;
      const least = counts.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...counts.values());
      if ((counts.get(domain) ?? 0) + own - least > constraint.maxSkew) return { text: "node(s) didn't match pod topology spread constraints", preemptible: true };
    }
    const { podAffinity, podAntiAffinity } = this.#pod.spec?.affinity ?? {};
    for (const term of podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
      if (!this.#near(term, node) && !this.#first(term, node)) return { text: "node(s) didn't match pod affinity rules", preemptible: false };
    }
    for (const term of podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) {
      if (this.#near(term, node)) return { text: "node(s) didn't match pod anti-affinity rules", preemptible: true };
    }
    for (const { term, node: theirs } of this.#repelled) {
      const domain = theirs.metadata.labels?.[term.topologyKey];
      if (domain !== undefined && node.metadata.labels?.[term.topologyKey] === domain) return { text: "node(s) didn't satisfy existing pods anti-affinity rules", preemptible: true };
    }
    return null;
  }

  /** What soft rules give the node: higher is better. */
  preference(node: Node): number {
    let score = 0;
    for (const [constraint, counts] of this.#spread) {
      const domain = node.metadata.labels?.[constraint.topologyKey];
      if (domain !== undefined) score += 2 / (1 + (counts.get(domain) ?? 0));
    }
    const { podAffinity, podAntiAffinity } = this.#pod.spec?.affinity ?? {};
    for (const { weight, podAffinityTerm } of podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) if (this.#near(podAffinityTerm, node)) score += weight / 50;
    for (const { weight, podAffinityTerm } of podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) if (this.#near(podAffinityTerm, node)) score -= weight / 50;
    return score;
  }

  #count(constraint: TopologySpreadConstraint): Map<string, number> {
    const counts = new Map<string, number>();
    const selector = selectorOf(constraint, this.#pod);
    for (const node of this.#nodes) {
      const domain = node.metadata.labels?.[constraint.topologyKey];
      if (domain === undefined || !isEligible(constraint, this.#pod, node)) continue;
      let matching = counts.get(domain) ?? 0;
      for (const other of this.#podsOn(node)) {
        if (other.metadata.namespace === this.#pod.metadata.namespace && other.metadata.deletionTimestamp === undefined && selects(selector, other.metadata.labels)) matching++;
      }
      counts.set(domain, matching);
    }
    return counts;
  }

  /** Whether a pod that the term selects is in the node's domain. */
  #near(term: PodAffinityTerm, node: Node): boolean {
    const domain = node.metadata.labels?.[term.topologyKey];
    if (domain === undefined) return false;
    return this.#nodes.some((other) => {
      if (other.metadata.labels?.[term.topologyKey] !== domain) return false;
      for (const pod of this.#podsOn(other)) if (selected(term, this.#pod, pod, this.#store)) return true;
      return false;
    });
  }

  /** The first of a group that wants to be together may go where it likes. */
  #first(term: PodAffinityTerm, node: Node): boolean {
    if (node.metadata.labels?.[term.topologyKey] === undefined || !selected(term, this.#pod, this.#pod, this.#store)) return false;
    return !this.#nodes.some((other) => this.#near(term, other));
  }

  #termsAgainst(uid: string): { term: PodAffinityTerm; node: Node }[] {
    const pod = this.#gone.has(uid) ? undefined : this.#store.byUid(uid);
    if (pod?.kind !== 'Pod') return [];
    const node = this.#store.get('Node', '', pod.spec?.nodeName ?? '');
    if (node === undefined) return [];
    const terms = pod.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    return terms.filter((term) => selected(term, pod, this.#pod, this.#store)).map((term) => ({ term, node }));
  }

  *#podsOn(node: Node): Iterable<Pod> {
    for (const pod of this.#store.podsOnNode(node.metadata.name)) {
      const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      if (!ended && !this.#gone.has(pod.metadata.uid as string)) yield pod;
    }
  }
}

/** Whether a pod asks for company or solitude, so that its neighbours matter. */
export function minds(pod: Pod): boolean {
  const { affinity, topologySpreadConstraints } = pod.spec ?? {};
  return affinity?.podAffinity !== undefined || affinity?.podAntiAffinity !== undefined || (topologySpreadConstraints ?? []).length > 0;
}

/** Whether `owner`'s term selects `other`: by label, in the namespaces that it names or selects, or its own. */
function selected(term: PodAffinityTerm, owner: Pod, other: Pod, store: ObjectStore): boolean {
  if (!selects(term.labelSelector, other.metadata.labels)) return false;
  const { namespaces = [], namespaceSelector } = term;
  const namespace = other.metadata.namespace ?? '';
  if (namespaces.length === 0 && namespaceSelector === undefined) return namespace === owner.metadata.namespace;
  return namespaces.includes(namespace) || budgetSelects(namespaceSelector, store.get('Namespace', '', namespace)?.metadata.labels);
}

/** A constraint's selector, with the pod's own values of its `matchLabelKeys`. */
function selectorOf({ labelSelector, matchLabelKeys = [] }: TopologySpreadConstraint, pod: Pod): LabelSelector | undefined {
  const labels = pod.metadata.labels ?? {};
  const own = Object.fromEntries(matchLabelKeys.filter((key) => labels[key] !== undefined).map((key) => [key, labels[key] as string]));
  return matchLabelKeys.length === 0 || labelSelector === undefined ? labelSelector : { ...labelSelector, matchLabels: { ...labelSelector.matchLabels, ...own } };
}

/** Whether a node's pods count for a constraint. */
function isEligible({ nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' }: TopologySpreadConstraint, pod: Pod, node: Node): boolean {
  if (nodeAffinityPolicy === 'Honor' && !matchesNode(pod, node)) return false;
  return nodeTaintsPolicy === 'Ignore' || untolerated(node, pod) === null;
}
