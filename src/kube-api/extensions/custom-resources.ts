import type { ApiStatus, KubeApi } from '../../cluster/api.ts';
import { isCustomKind, type CustomObject } from '../../cluster/custom-kind.ts';
import { servedResource, type CustomResource, type CustomVersion } from '../../cluster/extensions/custom-resource.ts';
import { hasDefaults, withSchemaDefaults } from '../../cluster/extensions/shaping.ts';
import { isRefusal } from '../../cluster/refusals.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { convertedLines } from '../other-versions.ts';
import { refused, type Answer } from '../answer.ts';
import type { RestResource, Subresource } from '../rest-resources.ts';
import { isJsonObject } from '../../cluster/json.ts';

/** A custom kind in one of its versions, as a row of the REST API's table. */
export interface CustomRestResource extends RestResource {
  readonly custom: { readonly resource: CustomResource; readonly version: CustomVersion };
}

/** What the definitions in a cluster's store serve now. Read anew only after one of them changed. */
export class CustomResources {
  readonly #store: ObjectStore;
  readonly #api: KubeApi;
  #readFrom: readonly unknown[] = [];
  #served: readonly CustomRestResource[] = [];

  constructor(store: ObjectStore, api: KubeApi) {
    this.#store = store;
    this.#api = api;
  }

  /** The same array until a definition changes. */
  get served(): readonly CustomRestResource[] {
    const definitions = this.#store.list('CustomResourceDefinition', null);
    if (definitions !== this.#readFrom) {
      this.#readFrom = definitions;
      const resources = definitions.flatMap((definition) => servedResource(definition) ?? []);
      this.#served = resources.length === 0 ? NONE : resources.flatMap(restResources);
    }
    return this.#served;
  }

  find(group: string, version: string, plural: string): CustomRestResource | undefined {
    return this.served.find((one) => one.plural === plural && one.group === group && one.version === version);
  }

  /** Answers in the version that the path names, whatever the version in which objects are stored, and warns of old ones. */
  answer(resource: CustomRestResource, ask: () => Answer): Answer {
    const { custom } = resource;
    const answer = custom.resource.versions.length === 1 && !hasDefaults(custom.version.schema) ? ask() : inOneVersion(ask(), custom, this.#api);
    if (!custom.version.deprecated || answer.kind !== 'whole') return answer;
    const said = custom.version.deprecationWarning ?? `${custom.resource.group}/${custom.version.name} ${custom.resource.shownKind} is deprecated`;
    const warning = `299 - "${said.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
    return { ...answer, headers: { ...answer.headers, warning: answer.headers['warning'] === undefined ? warning : `${warning}, ${answer.headers['warning']}` } };
  }

}

/** An answer with all objects of the kind in one version, with what defaults came since they were stored; tables, statuses and bookmarks as they are. */
function inOneVersion(answer: Answer, { resource, version }: CustomRestResource['custom'], api: KubeApi): Answer {
  const apiVersion = `${resource.group}/${version.name}`;
  let refusal: ApiStatus | null = null;
  const show = (document: unknown): unknown => {
    if (!isJsonObject(document) || typeof document['apiVersion'] !== 'string' || !document['apiVersion'].startsWith(`${resource.group}/`)) return document;
    if (document['kind'] === resource.shownKind) {
      const shown = api.inVersion({ ...document, kind: resource.kind } as unknown as CustomObject, apiVersion);
      if (!isRefusal(shown)) return withSchemaDefaults({ ...shown, kind: resource.shownKind }, version.schema);
      refusal ??= shown.status;
      return document;
    }
    const { items } = document;
    return document['kind'] === resource.listKind && Array.isArray(items) ? { ...document, apiVersion, items: items.map(show) } : document;
  };
  if (answer.kind === 'stream') return { ...answer, open: convertedLines(answer.open, show) };
  if (answer.kind !== 'whole' || !answer.type.startsWith('application/json') || answer.code >= 300) return answer;
  const { bytes: _stored, body, ...rest } = answer;
  const shown: Answer = { ...rest, body: JSON.stringify(show(JSON.parse(body))) };
  return refusal === null ? shown : refused(refusal);
}

const NONE: readonly CustomRestResource[] = [];

function restResources(resource: CustomResource): CustomRestResource[] {
  const { kind, group, plural, singular, shortNames, namespaced, categories } = resource;
  return resource.versions.filter(({ served }) => served).map((version) => ({
    kind, apiVersion: `${group}/${version.name}`, plural, singular, short: shortNames, namespaced, group, version: version.name, categories,
    subresources: [...(version.scale === null ? [] : ['scale' as Subresource]), ...(version.hasStatus ? ['status' as Subresource] : [])],
    custom: { resource, version },
  }));
}

/** `WidgetList`. */
export function listKindOf(resource: RestResource): string {
  return isCustomResource(resource) ? resource.custom.resource.listKind : `${resource.kind}List`;
}

export function isCustomResource(resource: RestResource): resource is CustomRestResource {
  return isCustomKind(resource.kind);
}
