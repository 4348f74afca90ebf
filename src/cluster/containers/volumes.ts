import type { KeyToPath, Volume } from 'kubernetes-types/core/v1';
import type { SimMs } from '../../time/sim-time.ts';
import type { SignToken } from '../account-claims.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import type { KindMap } from '../objects.ts';
import type { Hosts } from '../nodes/hosts.ts';
import { type FileNode, type Folder, folder, plainFile, resolvePath } from '../shell/file-system.ts';
import { bytesOfText } from '../shell/streams.ts';
import type { ObjectStore } from '../store.ts';
import { mountedToken } from './mounted-token.ts';
import { decoded, fieldValue, resourceValue, unbase64 } from './environment.ts';

type Pod = KindMap['Pod'];

/** A volume as it is mounted into the containers of a pod. */
export interface MountedVolume {
  readonly folder: FileNode;
  readonly readOnly: boolean;
  readonly source: string;
  readonly kind: string;
}

/** The volumes of all pods: what is written to one is found by whoever mounts it too. */
export class Volumes {
  readonly #store: ObjectStore;
  readonly #clock: ClusterClock;
  /** Signs the tokens of ServiceAccounts that are mounted now. */
  readonly #signer: () => SignToken;
  /** By pod and volume. */
  readonly #byPod = new Map<string, Map<string, MountedVolume>>();
  readonly #hosts: Hosts;
  /** By claim: these outlive their pods. */
  readonly #lasting = new Map<string, Folder>();

  constructor(store: ObjectStore, clock: ClusterClock, signer: () => SignToken, hosts: Hosts) {
    this.#hosts = hosts;
    this.#store = store;
    this.#clock = clock;
    this.#signer = signer;
  }

  of(pod: Pod, name: string): MountedVolume | undefined {
    const volume = pod.spec?.volumes?.find((candidate) => candidate.name === name);
    if (volume === undefined) return undefined;
    const uid = pod.metadata.uid ?? '';
    const volumes = this.#byPod.get(uid) ?? new Map<string, MountedVolume>();
    this.#byPod.set(uid, volumes);
    let mounted = volumes.get(name);
    if (mounted === undefined) {
      mounted = this.#mounted(pod, volume);
      volumes.set(name, mounted);
    }
    return mounted;
  }

  /** The pod is gone, and with it what was its own. */
  forget(podUid: string): void {
    this.#byPod.delete(podUid);
  }

  #mounted(pod: Pod, volume: Volume): MountedVolume {
    const namespace = pod.metadata.namespace ?? '';
    const { persistentVolumeClaim, hostPath, emptyDir, ephemeral } = volume;
    const claim = persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`);
    if (claim !== undefined) return { folder: this.#kept(`claim/${namespace}/${claim}`), readOnly: persistentVolumeClaim?.readOnly === true, source: '/dev/sdb', kind: 'ext4' };
    if (hostPath !== undefined) return { folder: this.#onHost(pod.spec?.nodeName ?? '', hostPath.path), readOnly: false, source: '/dev/sda1', kind: 'ext4' };
    if (volume.configMap !== undefined || volume.secret !== undefined || volume.projected !== undefined || volume.downwardAPI !== undefined) {
      return { folder: new LiveFolder(() => projectedFiles(this.#store, pod, volume, (source) => this.#token(pod, source)), this.#clock.nowMs), readOnly: true, source: 'tmpfs', kind: 'tmpfs' };
    }
    return { folder: folder(this.#clock.nowMs, [], 0o777), readOnly: false, source: emptyDir?.medium === 'Memory' ? 'tmpfs' : '/dev/sda1', kind: emptyDir?.medium === 'Memory' ? 'tmpfs' : 'ext4' };
  }

  #token(pod: Pod, source: TokenSource): string {
    return mountedToken(this.#store, pod, source, Math.floor(this.#clock.unixMs(this.#clock.nowMs) / 1000), this.#signer());
  }

  /** What is at a path on a node; a folder where nothing was. */
  #onHost(node: string, path: string): FileNode {
    const files = this.#hosts.of(node)?.files;
    if (files === undefined) return this.#kept(`host/${node}${path}`);
    const whole = resolvePath('/', path);
    const found = files.find(whole);
    if (found !== undefined) return found;
    const parts = whole.split('/').slice(1);
    parts.forEach((_, nth) => {
      const part = `/${parts.slice(0, nth + 1).join('/')}`;
      if (files.find(part) === undefined) files.makeFolder(part);
    });
    return files.find(whole) ?? folder(this.#clock.nowMs);
  }

  #kept(key: string): Folder {
    let kept = this.#lasting.get(key);
    if (kept === undefined) {
      kept = folder(this.#clock.nowMs, [], 0o777);
      this.#lasting.set(key, kept);
    }
    return kept;
  }
}

type TokenSource = Parameters<typeof mountedToken>[2];

interface ProjectedFile {
  readonly path: string;
  readonly bytes: string;
  readonly mode: number;
}

/** A folder that is as the cluster's objects are now. */
class LiveFolder implements Folder {
  readonly type = 'folder';
  mode = 0o777;
  uid = 0;
  changedAtMs: SimMs;
  readonly #files: () => readonly ProjectedFile[];

  constructor(files: () => readonly ProjectedFile[], nowMs: SimMs) {
    this.#files = files;
    this.changedAtMs = nowMs;
  }

  get entries(): Map<string, FileNode> {
    const top = folder(this.changedAtMs);
    for (const { path, bytes, mode } of this.#files()) {
      let at = top;
      const parts = path.split('/');
      for (const part of parts.slice(0, -1)) {
        const next = at.entries.get(part);
        const inner = next?.type === 'folder' ? next : folder(this.changedAtMs);
        at.entries.set(part, inner);
        at = inner;
      }
      at.entries.set(parts.at(-1) as string, plainFile(bytes, this.changedAtMs, mode));
    }
    return top.entries;
  }
}

function projectedFiles(store: ObjectStore, pod: Pod, { configMap, secret, projected, downwardAPI }: Volume, token: (source: TokenSource) => string): ProjectedFile[] {
  const mode = configMap?.defaultMode ?? secret?.defaultMode ?? projected?.defaultMode ?? downwardAPI?.defaultMode ?? 0o644;
  if (configMap !== undefined) return chosen(configData(store, pod, configMap.name), configMap.items, mode);
  if (secret !== undefined) return chosen(decoded(store.get('Secret', pod.metadata.namespace ?? '', secret.secretName ?? '')), secret.items, mode);
  if (downwardAPI !== undefined) return downward(store, pod, downwardAPI.items, mode);
  return (projected?.sources ?? []).flatMap((source) => {
    if (source.configMap !== undefined) return chosen(configData(store, pod, source.configMap.name), source.configMap.items, mode);
    if (source.secret !== undefined) return chosen(decoded(store.get('Secret', pod.metadata.namespace ?? '', source.secret.name ?? '')), source.secret.items, mode);
    if (source.downwardAPI !== undefined) return downward(store, pod, source.downwardAPI.items, mode);
    return source.serviceAccountToken === undefined ? [] : [{ path: source.serviceAccountToken.path, bytes: token(source.serviceAccountToken), mode }];
  });
}

function configData(store: ObjectStore, pod: Pod, name: string | undefined): Record<string, string> {
  const found = store.get('ConfigMap', pod.metadata.namespace ?? '', name ?? '');
  const text = Object.entries(found?.data ?? {}).map(([key, value]) => [key, bytesOfText(value)]);
  return Object.fromEntries([...text, ...Object.entries(found?.binaryData ?? {}).map(([key, value]) => [key, unbase64(value)])]);
}

function chosen(data: Readonly<Record<string, string>>, items: readonly KeyToPath[] | undefined, mode: number): ProjectedFile[] {
  if (items === undefined) return Object.entries(data).map(([path, bytes]) => ({ path, bytes, mode }));
  return items.flatMap((item) => (Object.hasOwn(data, item.key) ? [{ path: item.path, bytes: data[item.key] as string, mode: item.mode ?? mode }] : []));
}

type DownwardItems = NonNullable<Volume['downwardAPI']>['items'];

function downward(store: ObjectStore, pod: Pod, items: DownwardItems, mode: number): ProjectedFile[] {
  return (items ?? []).map((item) => ({
    path: item.path,
    bytes: bytesOfText(item.fieldRef !== undefined ? fieldValue(store, pod, item.fieldRef.fieldPath) : item.resourceFieldRef !== undefined ? resourceValue(store, pod, item.resourceFieldRef.containerName ?? '', item.resourceFieldRef.resource, item.resourceFieldRef.divisor) : ''),
    mode: item.mode ?? mode,
  }));
}
