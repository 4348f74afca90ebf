import { resourceOf, shownKind } from '../custom-kind.ts';
import type { JsonObject } from '../json.ts';
import type { Kind } from '../objects.ts';
import type { AnyObject, ObjectStore } from '../store.ts';

/** One write as admission sees it: an AdmissionRequest of admission.k8s.io/v1. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: Kind;
  /** In which the object came. */
  readonly apiVersion: string;
  /** '' for the object itself. */
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Null where it is to be deleted. */
  readonly object: AnyObject | null;
  /** Null where it is new. */
  readonly oldObject: AnyObject | null;
  readonly user: AdmissionUser;
  readonly dryRun: boolean;
}

/** Who writes. */
export interface AdmissionUser {
  readonly name: string;
  readonly groups: readonly string[];
}

/** Whoever writes in process without saying who: the cluster's own administrator. */
export const ADMINISTRATOR: AdmissionUser = { name: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] };

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

export function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}

/** The `request` of an AdmissionReview, as webhooks are sent it and expressions see it. Objects are as clients know them. */
export function reviewRequest(request: AdmissionRequest, uid: string): JsonObject {
  const { apiVersion, kind, subresource, name, namespace, operation, user, dryRun, object, oldObject } = request;
  const [group, version] = [groupOf(apiVersion), versionOf(apiVersion)];
  const kinds = { group, version, kind: shownKind(kind) };
  const resource = { group, version, resource: resourceOf(kind).plural };
  return {
    uid, kind: kinds, resource, ...(subresource === '' ? {} : { subResource: subresource }), requestKind: kinds, requestResource: resource, ...(subresource === '' ? {} : { requestSubResource: subresource }),
    name, ...(namespace === '' ? {} : { namespace }), operation, userInfo: { username: user.name, groups: user.groups }, object: outside(object), oldObject: outside(oldObject), dryRun, options: null,
  };
}

export function outside(object: AnyObject | null): JsonObject | null {
  return object === null ? null : { ...(object as unknown as JsonObject), kind: shownKind(object.kind) };
}

/** The labels of the namespace that a request is in, of the namespace itself where it is about one; null for other kinds without. */
export function namespaceLabels(store: ObjectStore, { kind, namespace, name, object }: AdmissionRequest): Readonly<Record<string, string>> | null {
  if (kind === 'Namespace') return object?.metadata.labels ?? store.get('Namespace', '', name)?.metadata.labels ?? {};
  return namespace === '' ? null : (store.get('Namespace', '', namespace)?.metadata.labels ?? {});
}
