import type { KubeApi } from '../api.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import { splitImage } from '../image.ts';
import type { SimMs } from '../../time/sim-time.ts';
import type { Kind, KindMap, KubeObject } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { gzipStored } from './gzip.ts';

/** By these a Helm chart's objects say what they belong to. */
const RELEASE_NAME = 'meta.helm.sh/release-name';

/** One revision of a release, as Helm 3 and 4 keep it (helm.sh/helm, pkg/release/v1): JSON, packed, in a Secret. */
interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly info: { readonly first_deployed: string; readonly last_deployed: string; readonly deleted: ''; readonly description: string; readonly status: 'deployed' | 'superseded' };
  readonly chart: { readonly metadata: { readonly apiVersion: 'v2'; readonly name: string; readonly version: string; readonly appVersion: string; readonly type: 'application' }; readonly lock: null; readonly templates: readonly []; readonly values: object; readonly schema: null; readonly files: readonly [] };
  readonly config: object;
  readonly manifest: string;
}

/**
 * The releases of a cluster whose objects carry Helm's annotations: one for each name, with a revision for each deploy that
 * the change log tells of, so that a real `helm list`, `history` and `rollback` find them. Others have none.
 */
export class HelmReleases {
  readonly #api: KubeApi;
  readonly #store: ObjectStore;
  readonly #clock: ClusterClock;
  /** By namespace and release: the objects that belong to it. */
  readonly #parts = new Map<string, KubeObject[]>();
  readonly #newest = new Map<string, Release>();

  constructor(plane: { readonly api: KubeApi; readonly store: ObjectStore; readonly clock: ClusterClock }) {
    this.#api = plane.api;
    this.#store = plane.store;
    this.#clock = plane.clock;
  }

  /** Writes the first revision of every release that the objects name. */
  install(objects: readonly KubeObject[]): void {
    for (const object of objects) {
      const key = releaseOf(object);
      if (key === null) continue;
      const parts = this.#parts.get(key) ?? [];
      parts.push(object);
      this.#parts.set(key, parts);
    }
    for (const key of this.#parts.keys()) this.#write(key, 'Install complete');
  }

  /** A pipeline changed an object: where that belongs to a release, it was an upgrade of it, whose revision is returned; else null. */
  changed(kind: Kind, namespace: string, name: string): { readonly name: string; readonly version: number } | null {
    if (this.#parts.size === 0) return null;
    const object = this.#store.get(kind, namespace, name);
    const key = object === undefined ? null : releaseOf(object);
    return key !== null && this.#parts.has(key) ? this.#write(key, 'Upgrade complete') : null;
  }

  /** The newest revision of each release, as `helm list` finds it in the Secrets: of a person's own upgrades, too. */
  newest(): { readonly name: string; readonly namespace: string; readonly revision: number; readonly atMs: SimMs; readonly status: string; readonly chart: string; readonly appVersion: string }[] {
    const newest = new Map<string, KindMap['Secret']>();
    for (const secret of this.#store.list('Secret', null)) {
      const { labels, namespace } = secret.metadata;
      if (secret.type !== 'helm.sh/release.v1' || labels?.['owner'] !== 'helm') continue;
      const key = `${namespace}/${labels['name']}`;
      if (Number(labels['version']) >= Number(newest.get(key)?.metadata.labels?.['version'] ?? 0)) newest.set(key, secret);
    }
    return [...newest.values()].map(({ metadata: { labels = {}, namespace = '' } }) => {
      const name = labels['name'] ?? '';
      const written = this.#newest.get(`${namespace}/${name}`);
      const chart = written?.chart.metadata;
      const unixS = Number(labels['modifiedAt'] ?? labels['createdAt']);
      return { name, namespace, revision: Number(labels['version']), atMs: unixS * 1000 - this.#clock.unixMs(0), status: labels['status'] ?? '', chart: chart === undefined ? '' : `${chart.name}-${chart.version}`, appVersion: chart?.appVersion ?? '' };
    });
  }

  #write(key: string, description: string): Release {
    const [namespace = '', name = ''] = key.split('/');
    const now = this.#clock.now();
    const before = this.#newest.get(key);
    const parts = (this.#parts.get(key) ?? []).map((object) => (this.#store.get(object.kind, object.metadata.namespace ?? '', object.metadata.name) as KubeObject | undefined) ?? object);
    const chart = chartOf(name, parts);
    const version = this.#lastVersion(namespace, name) + 1;
    const release: Release = {
      name, namespace, version,
      info: { first_deployed: before?.info.first_deployed ?? now, last_deployed: now, deleted: '', description, status: 'deployed' },
      chart: { metadata: { apiVersion: 'v2', ...chart, type: 'application' }, lock: null, templates: [], values: {}, schema: null, files: [] },
      config: {},
      manifest: parts.map((object) => `---\n# Source: ${chart.name}/templates/${object.kind.toLowerCase()}.yaml\n${JSON.stringify(applied(object))}\n`).join(''),
    };
    if (before !== undefined) this.#supersede(before);
    this.#newest.set(key, release);
    this.#api.create({ apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1', metadata: { name: secretName(release), namespace, labels: this.#labels(release, 'createdAt') }, data: { release: packed(release) } });
    return release;
  }

  /** Only a revision that nobody else has written over since. */
  #supersede(release: Release): void {
    const name = secretName(release);
    if (this.#store.get('Secret', release.namespace, name)?.data?.['release'] !== packed(release)) return;
    const next: Release = { ...release, info: { ...release.info, status: 'superseded' } };
    this.#api.patch({ kind: 'Secret', namespace: release.namespace, name }, { type: 'merge', body: { metadata: { labels: this.#labels(next, 'modifiedAt') }, data: { release: packed(next) } } });
  }

  #lastVersion(namespace: string, name: string): number {
    let last = 0;
    for (const { metadata } of this.#store.list('Secret', namespace)) {
      if (metadata.labels?.['owner'] === 'helm' && metadata.labels['name'] === name) last = Math.max(last, Number(metadata.labels['version']));
    }
    return last;
  }

  #labels({ name, version, info }: Release, moment: 'createdAt' | 'modifiedAt'): Record<string, string> {
    return { name, owner: 'helm', status: info.status, version: String(version), [moment]: String(Math.floor(this.#clock.unixMs(this.#clock.nowMs) / 1_000)) };
  }
}

/** `namespace/release`, or null for an object of none. */
function releaseOf({ metadata }: KubeObject): string | null {
  const name = metadata.annotations?.[RELEASE_NAME];
  return name === undefined ? null : `${metadata.namespace ?? 'default'}/${name}`;
}

function secretName({ name, version }: Release): string {
  return `sh.helm.release.v1.${name}.v${version}`;
}

/** The chart's name and version by the label that charts write, and the version of the program that it runs. */
function chartOf(release: string, parts: readonly KubeObject[]): { readonly name: string; readonly version: string; readonly appVersion: string } {
  const written = parts.map(({ metadata }) => metadata.labels?.['helm.sh/chart']).find((label) => label !== undefined);
  const [, name = release, version = '0.1.0'] = /^(.+)-(\d+\.\d+\.\d+.*)$/.exec(written ?? '') ?? [];
  const image = parts.flatMap((object) => (object as { spec?: { template?: { spec?: { containers?: readonly { image?: string }[] } } } }).spec?.template?.spec?.containers?.[0]?.image ?? [])[0];
  return { name, version, appVersion: image === undefined ? version : splitImage(image).tag };
}

/** An object as a chart's template would have rendered it: without what the server and Helm itself write. */
function applied(object: KubeObject): object {
  const { status: _status, ...rest } = object as KubeObject & { status?: unknown };
  const { uid: _uid, resourceVersion: _version, generation: _generation, creationTimestamp: _created, managedFields: _managed, annotations = {}, ...metadata } = object.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !key.startsWith('meta.helm.sh/') && !key.startsWith('deployment.kubernetes.io/'));
  return { ...rest, metadata: { ...metadata, ...(kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) }) } };
}

/** A Secret's data holds base64; what Helm puts there is base64 already. */
function packed(release: Release): string {
  let text = '';
  for (const byte of gzipStored(new TextEncoder().encode(JSON.stringify(release)))) text += String.fromCharCode(byte);
  return btoa(btoa(text));
}
