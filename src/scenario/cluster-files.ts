import { type CustomKind, customKind, resourceOf } from '../cluster/custom-kind.ts';
import { isJsonObject } from '../cluster/json.ts';
import { RESOURCES } from '../cluster/objects.ts';
import type { Kind, KubeObject } from '../cluster/objects.ts';
import { quoted } from '../yaml/complaint.ts';
import type { Complaint } from '../yaml/complaint.ts';
import { didYouMean } from '../yaml/did-you-mean.ts';
import { fit } from '../yaml/shape-complaints.ts';
import type { Fitted } from '../yaml/shape-complaints.ts';
import { trafficShape } from './shape/traffic-shape.ts';
import type { AuthoredTraffic } from './shape/traffic-shape.ts';
import { parseYaml } from '../yaml/yaml-source.ts';
import type { YamlSource } from '../yaml/yaml-source.ts';

/** The two files of a cluster's folder, as far as they could be read. */
export interface ClusterFiles {
  readonly objectPlace: YamlSource['placeOf'];
  readonly trafficPlace: YamlSource['placeOf'];
  /** Every manifest that is one, in order, with the number of its document. */
  readonly objects: readonly { readonly object: KubeObject; readonly document: number }[];
  /** Null where the file as a whole is none. */
  readonly traffic: AuthoredTraffic | null;
  /** Whether every manifest was readable: else a name that is not found may only be lost. */
  readonly objectsWhole: boolean;
  readonly trafficWhole: boolean;
  readonly complaints: readonly Complaint[];
}

export function readClusterFiles(objectsFile: string, objectsText: string, trafficFile: string, trafficText: string): ClusterFiles {
  const manifests = parseYaml(objectsFile, objectsText, true);
  const ofObjects = [...manifests.complaints];
  const objects = readManifests(manifests.source, ofObjects);
  const { source, complaints: unreadable } = parseYaml(trafficFile, trafficText);
  const readable = unreadable.length === 0 || source.value !== null;
  const fitted: Fitted<AuthoredTraffic> = readable ? fit(trafficShape, source, { load: [], programs: {} }, 'the traffic') : { value: null, place: (...at) => source.placeOf(...at), wrote: () => false, complaints: [] };
  const ofTraffic = [...unreadable, ...fitted.complaints];
  return {
    objectPlace: (...at) => manifests.source.placeOf(...at),
    trafficPlace: fitted.place,
    objects,
    traffic: fitted.value,
    objectsWhole: ofObjects.length === 0,
    trafficWhole: ofTraffic.length === 0,
    complaints: [...ofObjects, ...ofTraffic],
  };
}

function readManifests(source: YamlSource, complaints: Complaint[]): ClusterFiles['objects'] {
  const documents = Array.isArray(source.value) ? (source.value as readonly unknown[]) : [];
  const defined = definedKinds(documents);
  return documents.flatMap((value, document) => {
    if (value === null) return [];
    const wrong = manifestTrouble(value, defined);
    if (wrong === null) return [{ object: withNamespace(inOwnKind(value as KubeObject, defined)), document }];
    complaints.push({ ...source.placeOf([document, ...wrong.path]), severity: 'error', problem: wrong.problem, cure: wrong.cure, rule: 'manifest' });
    return [];
  });
}

interface ManifestTrouble {
  readonly path: readonly string[];
  readonly problem: string;
  readonly cure: string;
}

/** By `GROUP/VERSION KIND`: the custom kinds that the manifests themselves define, as everything in process names them. */
type DefinedKinds = ReadonlyMap<string, CustomKind>;

function definedKinds(documents: readonly unknown[]): DefinedKinds {
  return new Map(documents.flatMap((document) => {
    if (!isJsonObject(document) || document['kind'] !== 'CustomResourceDefinition' || !isJsonObject(document['spec'])) return [];
    const { group, scope, names, versions } = document['spec'];
    if (typeof group !== 'string' || !isJsonObject(names) || typeof names['kind'] !== 'string' || typeof names['plural'] !== 'string' || !Array.isArray(versions)) return [];
    const { kind, plural } = names;
    const own = customKind({ kind, plural, group, namespaced: scope === 'Namespaced' });
    return versions.flatMap((version: unknown) => (isJsonObject(version) && typeof version['name'] === 'string' ? [[`${group}/${version['name']} ${kind}`, own] as const] : []));
  }));
}

function inOwnKind(object: KubeObject, defined: DefinedKinds): KubeObject {
  const own = defined.get(`${object.apiVersion} ${object.kind}`);
  return own === undefined ? object : { ...object, kind: own };
}

function manifestTrouble(value: unknown, defined: DefinedKinds): ManifestTrouble | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { path: [], problem: 'This document is no Kubernetes object.', cure: 'Write apiVersion, kind and metadata.' };
  const { apiVersion, kind, metadata } = value as { apiVersion?: unknown; kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } };
  if (typeof kind !== 'string') return { path: ['kind'], problem: 'This object has no kind.', cure: 'Add one, such as kind: Deployment.' };
  const custom = typeof apiVersion === 'string' ? defined.get(`${apiVersion} ${kind}`) : undefined;
  if (custom === undefined && !Object.hasOwn(RESOURCES, kind)) return { path: ['kind'], problem: `The sandbox knows no kind ${quoted(kind)}.`, cure: didYouMean(kind, Object.keys(RESOURCES)) };
  const resource = resourceOf(custom ?? (kind as Kind));
  if (apiVersion === undefined) return { path: ['apiVersion'], problem: `This ${kind} has no apiVersion.`, cure: `Write apiVersion: ${resource.apiVersion}.` };
  if (custom === undefined && apiVersion !== resource.apiVersion) return { path: ['apiVersion'], problem: `The apiVersion of a ${kind} is not ${quoted(typeof apiVersion === 'string' ? apiVersion : 'that')}.`, cure: `Write ${resource.apiVersion}.` };
  const name = typeof metadata === 'object' && metadata !== null ? metadata.name : undefined;
  if (typeof name !== 'string') return { path: ['metadata', 'name'], problem: `This ${kind} has no name.`, cure: 'Add metadata.name as a text.' };
  if (!DNS_NAME.test(name)) return { path: ['metadata', 'name'], problem: `${quoted(name)} cannot be the name of a ${kind}.`, cure: 'Use lower-case letters, digits, - and .' };
  const namespace = metadata?.namespace;
  if (namespace !== undefined && (typeof namespace !== 'string' || !DNS_NAME.test(namespace))) return { path: ['metadata', 'namespace'], problem: 'The namespace must be a name.', cure: 'Use lower-case letters, digits and -.' };
  if (namespace !== undefined && !resource.namespaced) return { path: ['metadata', 'namespace'], problem: `A ${kind} is in no namespace.`, cure: 'Remove metadata.namespace.' };
  return null;
}

const DNS_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

function withNamespace(object: KubeObject): KubeObject {
  const { namespaced } = resourceOf(object.kind);
  return namespaced && object.metadata.namespace === undefined ? { ...object, metadata: { ...object.metadata, namespace: 'default' } } : object;
}
