import type { Toleration } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { withRuntimeClass } from './class-admission.ts';
import { limitProblem, withLimits } from './limit-ranges.ts';
import { quotaProblem } from './quotas.ts';
import { withServiceAccount } from './service-account.ts';

type Pod = KindMap['Pod'];

/** A pod as the admission plugins let it in, or why they do not, in the words that follow `pods "…" is forbidden:`. */
export type Admission = { readonly pod: Pod } | { readonly name: string; readonly problem: string };

/**
 * What happens to every new pod, whoever makes it: its service account is looked up and mounted, LimitRanges fill in, its priority
 * is resolved, tolerations of failing nodes are added; then LimitRanges and ResourceQuotas judge.
 */
export function admitPod(store: ObjectStore, given: Pod): Admission {
  const { name, generateName, namespace = '' } = given.metadata;
  const early = generateName !== undefined && name.startsWith(generateName) ? generateName : name;
  const accounted = withServiceAccount(store, given);
  if ('problem' in accounted) return { name: early, problem: accounted.problem };
  const classed = withRuntimeClass(store, accounted.pod);
  if ('problem' in classed) return { name: early, problem: classed.problem };
  const limited = withLimits(classed.pod, store.list('LimitRange', namespace));
  const prioritised = withPriority(store, limited);
  if (prioritised === null) return { name: early, problem: `no PriorityClass with name ${given.spec?.priorityClassName ?? ''} was found` };
  const [wanted = 0, computed = 0] = [given.spec?.priority, prioritised === limited ? 0 : prioritised.spec?.priority];
  // Where no priority is given, its default is.
  if (wanted !== 0 && wanted !== computed) return { name: early, problem: `the integer value of priority (${wanted}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name` };
  const pod = withTolerations(prioritised);
  const problem = limitProblem(pod, store.list('LimitRange', namespace)) ?? quotaProblem(store, pod, null);
  return problem === null ? { pod } : { name, problem };
}

/** Null where the class that the pod names is unknown. */
function withPriority(store: ObjectStore, pod: Pod): Pod | null {
  const asked = pod.spec?.priorityClassName;
  const found = asked === undefined || asked === '' ? defaultClass(store) : store.get('PriorityClass', '', asked);
  if (found === undefined) return asked === undefined || asked === '' ? pod : null;
  const { value, preemptionPolicy = 'PreemptLowerPriority' } = found;
  return { ...pod, spec: { containers: [], ...pod.spec, priorityClassName: found.metadata.name, priority: value, preemptionPolicy } };
}

function defaultClass(store: ObjectStore): KindMap['PriorityClass'] | undefined {
  let best: KindMap['PriorityClass'] | undefined;
  for (const one of store.list('PriorityClass', null)) {
    if (one.globalDefault === true && (best === undefined || one.value < best.value)) best = one;
  }
  return best;
}

const FAILING: readonly Toleration[] = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));

/** A pod bears a node that is not ready or not reachable for five minutes, unless it says otherwise. */
function withTolerations(pod: Pod): Pod {
  const own = pod.spec?.tolerations ?? [];
  const added = own.length === 0 ? FAILING : FAILING.filter(({ key }) => !own.some((toleration) => (toleration.key === undefined || toleration.key === key) && (toleration.effect === undefined || toleration.effect === 'NoExecute')));
  return added.length === 0 ? pod : { ...pod, spec: { containers: [], ...pod.spec, tolerations: own.length === 0 ? [...FAILING] : [...own, ...added] } };
}
