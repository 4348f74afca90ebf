import type { AdmissionRequest, AdmissionUser } from './admission/admission-request.ts';
import type { Kind, KindMap, KubeObject, Ref } from './objects.ts';
import type { AnyObject } from './store.ts';

/**
 * What a Kubernetes client may ask of the cluster: the verbs of the API with their real refusals, in process.
 * Everybody goes through here: the responders' kubectl, scripts, changes, and later the REST API.
 */
export interface KubeApi {
  get<K extends Kind>(kind: K, namespace: string, name: string): ApiResult<KindMap[K]>;
  /** `namespace` null lists all. Objects come in order of namespace, then name. */
  list<K extends Kind>(kind: K, namespace: string | null, selector?: LabelSelector): readonly KindMap[K][];
  create<K extends Kind>(object: KindMap[K], options?: WriteOptions): ApiResult<KindMap[K]>;
  update<K extends Kind>(object: KindMap[K], options?: WriteOptions): ApiResult<KindMap[K]>;
  /** `merge` is RFC 7386, `strategic` Kubernetes' own, `json` RFC 6902. */
  patch<K extends Kind>(ref: Ref & { kind: K }, patch: Patch, options?: WriteOptions): ApiResult<KindMap[K]>;
  delete(ref: Ref, options?: DeleteOptions): ApiResult<KubeObject>;
  /** A custom object in another version that its kind is served in; what is stored of other kinds has one version. */
  inVersion(object: AnyObject, apiVersion: string): AnyObject | { readonly ok: false; readonly status: ApiStatus };
  /** The verdict of admission on a request that is no write of a whole object: of its status, or a connection to it. */
  admits(request: AdmissionRequest): { readonly warnings: readonly string[] } | { readonly ok: false; readonly status: ApiStatus };
  /** Deletes a pod as far as its disruption budget allows. */
  evict(pod: Omit<Ref, 'kind'>, options?: EvictionOptions): ApiResult<KindMap['Pod']>;
}

export type Patch =
  | { readonly type: 'merge' | 'strategic'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly type: 'json'; readonly body: readonly JsonPatchOperation[] };

export interface JsonPatchOperation {
  readonly op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy';
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

/** Equality-based and set-based requirements, all of which must hold. */
export type LabelSelector = readonly LabelRequirement[];

export interface LabelRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  /** Who writes, for admission; the cluster's administrator where absent. */
  readonly user?: AdmissionUser;
  /** Through which door the object is written: `scale`; '' or absent for the object itself. */
  readonly subresource?: string;
  /** The version of a custom kind that a patch is meant for; the stored one where absent. */
  readonly apiVersion?: string;
  /** Who notes which client set which field, where somebody does. */
  readonly notes?: ManagerNotes;
}

/** `metadata.managedFields`, for those who keep them. */
export interface ManagerNotes {
  /** The object that a patch is made for, where patches are to see who manages it. */
  readonly shown?: (current: KubeObject) => KubeObject;
  /** What to note with an object that is about to be stored; `current` is null for a new one. */
  readonly note: (next: KubeObject, current: KubeObject | null) => KubeObject['metadata']['managedFields'];
}

export interface DeleteOptions extends WriteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
}

/** How a pod is to be evicted: as it would be deleted, and only where it still is the one that was meant. */
export interface EvictionOptions extends DeleteOptions {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** `warnings` are for whoever asked, as RFC 7234's `Warning` headers carry them. */
export type ApiResult<T> = { readonly ok: true; readonly object: T; readonly warnings?: readonly string[] } | { readonly ok: false; readonly status: ApiStatus };

/** A `Status` of the API: the reason and the message are the real ones, word for word. */
export interface ApiStatus {
  readonly code: number;
  readonly reason: 'NotFound' | 'AlreadyExists' | 'Conflict' | 'Invalid' | 'BadRequest' | 'Forbidden' | 'MethodNotAllowed' | 'TooManyRequests' | 'Timeout' | 'Unauthorized' | 'InternalError' | '';
  readonly message: string;
  /** Of an `Invalid` object: each error as `path: problem`; of a spent disruption budget: how it stands. */
  readonly causes?: readonly string[];
}
