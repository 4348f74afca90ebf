import { callWebhook, type WebhookPrograms } from '../admission/webhook-call.ts';
import { shownKind, type CustomObject } from '../custom-kind.ts';
import { isJsonObject } from '../json.ts';
import { refuse, type Refusal } from '../refusals.ts';
import type { ObjectStore } from '../store.ts';
import { inVersion } from './custom-objects.ts';
import type { CustomResource, CustomVersion } from './custom-resource.ts';

/** How long a conversion webhook may take; its configuration has no say. */
const TIMEOUT_S = 30;

/**
 * A custom object in another version: by name alone, or as the webhook of its definition converts it. While that webhook
 * is down, nothing of the kind can be read or written in another version than the stored one.
 */
export function converted({ store, programs }: { readonly store: ObjectStore; readonly programs: WebhookPrograms }, object: CustomObject, resource: CustomResource, version: CustomVersion): CustomObject | Refusal {
  const desired = `${resource.group}/${version.name}`;
  if (resource.conversion === null || object.apiVersion === desired) return inVersion(object, resource, version);
  const failed = (problem: string): Refusal => refuse(500, 'InternalError', `conversion webhook for ${object.apiVersion}, Kind=${resource.shownKind} failed: ${problem}`);
  const uid = store.newUid('CustomResourceDefinition');
  const request = { uid, desiredAPIVersion: desired, objects: [{ ...object, kind: shownKind(object.kind) }] };
  const review = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', request };
  const called = callWebhook(store, programs, resource.conversion.clientConfig ?? {}, TIMEOUT_S, review);
  if ('error' in called) return failed(called.error);
  const { result, convertedObjects = [] } = called.response;
  if (result?.status !== 'Success') return failed(result?.message ?? 'response.result.status was not "Success"');
  const [first] = convertedObjects;
  if (!isJsonObject(first)) return failed(`expected 1 converted objects, got ${convertedObjects.length}`);
  if (first['apiVersion'] !== desired) return failed(`invalid converted object at index 0: invalid groupVersion, expected ${desired}, got ${String(first['apiVersion'])}`);
  // Identity is not the webhook's to change.
  const { labels, annotations } = (isJsonObject(first['metadata']) ? first['metadata'] : {}) as Pick<CustomObject['metadata'], 'labels' | 'annotations'>;
  const metadata = { ...object.metadata, ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
  return inVersion({ ...first, kind: object.kind, apiVersion: desired, metadata }, resource, version);
}
