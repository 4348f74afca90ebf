import { RESOURCES } from '../../../cluster/objects.ts';
import type { Kind, Resource } from '../../../cluster/objects.ts';

/** The kind that a word on the command line means: `po`, `pods`, `Deployment`, `deployments.apps`, `ep`; null for none. */
export function kindOf(word: string): Kind | null {
  return KINDS_BY_WORD.get(word.toLowerCase()) ?? null;
}

/** `deployment.apps`, `pod`: the kind as kubectl prints it before a name. */
export function printedKind(kind: Kind): string {
  const group = groupOf(kind);
  return group === '' ? RESOURCES[kind].singular : `${RESOURCES[kind].singular}.${group}`;
}

/** `deployments.apps`, `pods`: the kind as the API's errors name it. */
export function printedPlural(kind: Kind): string {
  const group = groupOf(kind);
  return group === '' ? RESOURCES[kind].plural : `${RESOURCES[kind].plural}.${group}`;
}

function groupOf(kind: Kind): string {
  const { apiVersion } = RESOURCES[kind] as Resource;
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** What `all` stands for, in kubectl's order. */
export const ALL_KINDS: readonly Kind[] = ['Pod', 'Service', 'Deployment', 'ReplicaSet', 'StatefulSet'];

/** Kinds of a real cluster of which this one has no objects, by every word for them, with their plural in full. */
export function absentKind(word: string): AbsentKind | null {
  return ABSENT.find(({ words }) => words.includes(word.toLowerCase())) ?? null;
}

interface AbsentKind {
  readonly words: readonly string[];
  readonly plural: string;
  readonly namespaced: boolean;
}

const ABSENT: readonly AbsentKind[] = [
  absent('daemonsets.apps', true, 'ds', 'daemonset'),
  absent('jobs.batch', true, 'job'),
  absent('cronjobs.batch', true, 'cj', 'cronjob'),
  absent('ingresses.networking.k8s.io', true, 'ing', 'ingress'),
  absent('networkpolicies.networking.k8s.io', true, 'netpol', 'networkpolicy'),
  absent('horizontalpodautoscalers.autoscaling', true, 'hpa', 'horizontalpodautoscaler'),
  absent('poddisruptionbudgets.policy', true, 'pdb', 'poddisruptionbudget'),
  absent('persistentvolumeclaims', true, 'pvc', 'persistentvolumeclaim'),
  absent('persistentvolumes', false, 'pv', 'persistentvolume'),
  absent('resourcequotas', true, 'quota', 'resourcequota'),
  absent('limitranges', true, 'limits', 'limitrange'),
  absent('secrets', true, 'secret'),
  absent('serviceaccounts', true, 'sa', 'serviceaccount'),
];

function absent(plural: string, namespaced: boolean, ...words: readonly string[]): AbsentKind {
  return { words: [...words, plural, plural.split('.')[0] as string], plural, namespaced };
}

const KINDS_BY_WORD: ReadonlyMap<string, Kind> = new Map(
  Object.values(RESOURCES).flatMap((resource: Resource): [string, Kind][] => {
    const group = groupOf(resource.kind);
    const version = resource.apiVersion.split('/').at(-1) as string;
    const words = [resource.plural, resource.singular, ...resource.short];
    const full = group === '' ? [] : [resource.plural, resource.singular].flatMap((word) => [`${word}.${group}`, `${word}.${version}.${group}`]);
    // The deprecated Endpoints say what EndpointSlices say; the words for them stay in people's fingers.
    const older = resource.kind === 'EndpointSlice' ? ['endpoints', 'endpoint', 'ep'] : [];
    return [...words, ...full, ...older].map((word) => [word, resource.kind]);
  }),
);
