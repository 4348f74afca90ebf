import { compareTexts } from '../../time/text-order.ts';
import type { Answer, Request } from '../answer.ts';
import { json, nothingThere, JSON_TYPE } from '../answer.ts';
import { shownKind } from '../../cluster/custom-kind.ts';
import type { CustomRestResource } from '../extensions/custom-resources.ts';
import { groupPriority, versionPriority } from '../../cluster/api-groups.ts';
import { sha256 } from './sha-256.ts';
import { acceptedTypes } from '../negotiation.ts';
import { OTHER_VERSIONS } from '../other-versions.ts';
import { REST_RESOURCES, STORED_VERBS, SUBRESOURCES, VIRTUAL_RESOURCES, type RestResource, type Subresource, type VirtualResource } from '../rest-resources.ts';

/**
 * `/api` and `/apis`: all resources in one document where the client understands that (the aggregated discovery of
 * Kubernetes 1.27 and later), the names of groups else. The media type of the answer repeats what was asked for.
 */
export function discovery(of: 'api' | 'apis', { headers }: Request, custom: readonly CustomRestResource[]): Answer {
  const known = knownTo(custom);
  for (const { type, parameters } of acceptedTypes(headers['accept'])) {
    if (type !== JSON_TYPE && type !== '*/*' && type !== 'application/*') continue;
    const version = parameters.get('v');
    if (parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('as') === 'APIGroupDiscoveryList' && (version === 'v2' || version === 'v2beta1')) {
      return revalidated(headers['if-none-match'], of === 'api' ? AGGREGATED_CORE : known.aggregated, version);
    }
    if (!parameters.has('as')) break;
  }
  return json(200, of === 'api' ? { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '172.18.0.2:6443' }] } : { kind: 'APIGroupList', apiVersion: 'v1', groups: known.groups.map(groupOf) });
}

/** `/apis/apps`. */
export function groupDiscovery(name: string, custom: readonly CustomRestResource[]): Answer {
  const group = knownTo(custom).groups.find((one) => one.name === name);
  return group === undefined ? nothingThere() : json(200, { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) });
}

/** `/api/v1`, `/apis/apps/v1`. */
export function resourceDiscovery(group: string, version: string, custom: readonly CustomRestResource[]): Answer {
  const found = [...CORE, ...knownTo(custom).groups].find(({ name }) => name === group)?.versions.find((one) => one.version === version);
  if (found === undefined) return nothingThere();
  const resources = found.resources.flatMap((one) => ('subresources' in one ? plainStored(one) : [plainVirtual(one)]));
  return json(200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group === '' ? version : `${group}/${version}`, resources });
}

interface Version {
  readonly version: string;
  readonly resources: readonly (RestResource | VirtualResource)[];
}

interface Group {
  readonly name: string;
  readonly versions: readonly Version[];
}

const ALL: readonly Group[] = grouped([...REST_RESOURCES, ...OTHER_VERSIONS.map(({ resource }) => resource), ...VIRTUAL_RESOURCES]);
const CORE = ALL.filter(({ name }) => name === '');
const GROUPS = ALL.filter(({ name }) => name !== '');

function grouped(resources: readonly (RestResource | VirtualResource)[]): Group[] {
  const groups = new Map<string, Map<string, (RestResource | VirtualResource)[]>>();
  for (const one of resources) {
    const versions = groups.get(one.group) ?? new Map<string, (RestResource | VirtualResource)[]>();
    groups.set(one.group, versions.set(one.version, [...(versions.get(one.version) ?? []), one]));
  }
  return [...groups]
    .map(([name, versions]) => ({ name, versions: [...versions].map(([version, of]) => ({ version, resources: of.toSorted((a, b) => compareTexts(a.plural, b.plural)) })) }))
    .map(({ name, versions }) => ({ name, versions: versions.toSorted((a, b) => versionPriority(name, b.version) - versionPriority(name, a.version)) }))
    .sort((a, b) => groupPriority(b.name) - groupPriority(a.name) || compareTexts(a.name, b.name));
}

function groupOf({ name, versions }: Group): object {
  const all = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: all, preferredVersion: all[0] };
}

function plainStored(resource: RestResource): object[] {
  const { plural, singular, namespaced, kind, short, categories } = resource;
  return [
    {
      name: plural, singularName: singular, namespaced, kind: shownKind(kind), verbs: verbsOf(resource),
      ...(short.length > 0 ? { shortNames: short } : {}), ...(categories.length > 0 ? { categories } : {}), storageVersionHash: storageVersionHash(resource),
    },
    ...resource.subresources.map((name) => {
      const { group, version, kind: own, verbs } = SUBRESOURCES[name];
      return { name: `${plural}/${name}`, singularName: '', namespaced, ...(own === null || group === resource.group ? {} : { group, version }), kind: subresourceKind(resource, name), verbs };
    }),
  ];
}

/** What tells clients whether objects are stored in another version than before: k8s.io/apiserver's StorageVersionHash. */
function storageVersionHash({ group, version, kind }: RestResource): string {
  const stored = OTHER_VERSIONS.find(({ resource }) => resource.group === group && resource.version === version && resource.kind === kind)?.stored;
  return btoa(String.fromCharCode(...sha256(`${stored?.group ?? group}/${stored?.version ?? version}/${shownKind(kind)}`).subarray(0, 8)));
}

/** Of what a subresource answers with, or of the options that it takes. */
export function subresourceKind({ kind }: { readonly kind: string }, name: Subresource): string {
  return name === 'proxy' ? `${kind}ProxyOptions` : (SUBRESOURCES[name].kind ?? shownKind(kind));
}

function plainVirtual({ plural, singular, namespaced, kind, verbs, short }: VirtualResource): object {
  return { name: plural, singularName: singular, namespaced, kind, verbs, ...(short === undefined ? {} : { shortNames: short }) };
}

function verbsOf({ kind }: RestResource): readonly string[] {
  return kind === 'Namespace' ? STORED_VERBS.filter((verb) => verb !== 'deletecollection') : STORED_VERBS;
}

interface Aggregated {
  readonly etag: string;
  readonly items: readonly object[];
}

const AGGREGATED_CORE = aggregated(CORE);
const BUILT_IN = { groups: GROUPS, aggregated: aggregated(GROUPS) };

/** The groups of the cluster's own kinds, then those that definitions brought; made once for each set of them. */
function knownTo(custom: readonly CustomRestResource[]): { readonly groups: readonly Group[]; readonly aggregated: Aggregated } {
  if (custom.length === 0) return BUILT_IN;
  let known = WITH_CUSTOM.get(custom);
  if (known === undefined) {
    const groups = [...GROUPS, ...grouped(custom)].sort((a, b) => groupPriority(b.name) - groupPriority(a.name));
    known = { groups, aggregated: aggregated(groups) };
    WITH_CUSTOM.set(custom, known);
  }
  return known;
}

const WITH_CUSTOM = new WeakMap<readonly CustomRestResource[], { readonly groups: readonly Group[]; readonly aggregated: Aggregated }>();

function aggregated(groups: readonly Group[]): Aggregated {
  const items = groups.map(({ name, versions }) => ({
    metadata: name === '' ? { creationTimestamp: null } : { name, creationTimestamp: null },
    versions: versions.map(({ version, resources }) => ({ version, resources: resources.map(aggregatedResource), freshness: 'Current' })),
  }));
  return { etag: `"${hashOf(JSON.stringify(items))}"`, items };
}

function aggregatedResource(one: RestResource | VirtualResource): object {
  const scope = one.namespaced ? 'Namespaced' : 'Cluster';
  const base = { resource: one.plural, responseKind: { group: one.group, version: one.version, kind: shownKind(one.kind) }, scope, singularResource: one.singular };
  if (!('subresources' in one)) return { ...base, verbs: one.verbs, ...(one.short === undefined ? {} : { shortNames: one.short }) };
  const subresources = one.subresources.map((name) => {
    const { group, version, verbs } = SUBRESOURCES[name];
    return { subresource: name, responseKind: { group: group ?? one.group, version: version ?? one.version, kind: subresourceKind(one, name) }, verbs };
  });
  return {
    ...base, verbs: verbsOf(one),
    ...(one.short.length > 0 ? { shortNames: one.short } : {}), ...(one.categories.length > 0 ? { categories: one.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

function revalidated(known: string | undefined, { etag, items }: Aggregated, version: string): Answer {
  const headers = { etag, vary: 'Accept', 'cache-control': 'public' };
  if (known === etag) return json(304, '', JSON_TYPE, headers);
  const type = `${JSON_TYPE};g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
  return json(200, { kind: 'APIGroupDiscoveryList', apiVersion: `apidiscovery.k8s.io/${version}`, metadata: {}, items }, type, headers);
}

/** 64 bits of FNV-1a as hexadecimal digits: enough to tell two documents of ours apart. */
export function hashOf(text: string): string {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (let at = 0; at < text.length; at++) {
    low = Math.imul(low ^ text.charCodeAt(at), 0x01000193);
    high = Math.imul(high ^ text.charCodeAt(text.length - 1 - at), 0x01000193);
  }
  return ((high >>> 0) + 0x1_0000_0000).toString(16).slice(1) + ((low >>> 0) + 0x1_0000_0000).toString(16).slice(1);
}
