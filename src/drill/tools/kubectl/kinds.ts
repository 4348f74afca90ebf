import type { KubeApi } from '../../../cluster/api.ts';
import { resourceOf } from '../../../cluster/custom-kind.ts';
import { type CustomResource, servedResource } from '../../../cluster/extensions/custom-resource.ts';
import { RESOURCES } from '../../../cluster/objects.ts';
import type { Kind, Resource } from '../../../cluster/objects.ts';

/** The kind that a word on the command line means: `po`, `pods`, `Deployment`, `deployments.apps`, `ep`, or what a cluster's own definitions name; null for none. */
export function kindOf(word: string, api: KubeApi): Kind | null {
  const name = word.toLowerCase();
  return KINDS_BY_WORD.get(name) ?? customResources(api).find(({ plural, singular, shortNames, shownKind: shown, group }) => [plural, singular, shown.toLowerCase(), ...shortNames, `${plural}.${group}`, `${singular}.${group}`].includes(name))?.kind ?? null;
}

/** The custom kinds that a cluster serves. */
export function customResources(api: KubeApi): readonly CustomResource[] {
  return api.list('CustomResourceDefinition', null).flatMap((definition) => servedResource(definition) ?? []);
}

/** `deployment.apps`, `pod`: the kind as kubectl prints it before a name. */
export function printedKind(kind: Kind): string {
  const group = groupOf(kind);
  return group === '' ? resourceOf(kind).singular : `${resourceOf(kind).singular}.${group}`;
}

/** `deployments.apps`, `pods`: the kind as the API's errors name it. */
export function printedPlural(kind: Kind): string {
  const group = groupOf(kind);
  return group === '' ? resourceOf(kind).plural : `${resourceOf(kind).plural}.${group}`;
}

function groupOf(kind: Kind): string {
  const { apiVersion } = resourceOf(kind);
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** What `all` stands for, in kubectl's order. */
export const ALL_KINDS: readonly Kind[] = ['Pod', 'Service', 'Deployment', 'ReplicaSet', 'StatefulSet'];

const KINDS_BY_WORD: ReadonlyMap<string, Kind> = new Map(
  Object.values(RESOURCES).flatMap((resource: Resource): [string, Kind][] => {
    const group = groupOf(resource.kind);
    const version = resource.apiVersion.split('/').at(-1) as string;
    const words = [resource.plural, resource.singular, ...resource.short];
    const full = group === '' ? [] : [resource.plural, resource.singular].flatMap((word) => [`${word}.${group}`, `${word}.${version}.${group}`]);
    return [...words, ...full].map((word) => [word, resource.kind]);
  }),
);
