import type { LabelSelector } from '../../../cluster/api.ts';
import { resourceOf } from '../../../cluster/custom-kind.ts';
import { readLabelSelector as readLabels } from '../../../cluster/label-selector.ts';
import type { Kind, KubeObject } from '../../../cluster/objects.ts';
import { readPath } from '../../../cluster/printers/fields.ts';
import { readFieldSelector as readFields } from '../../../cluster/selectors.ts';

/** A label selector as typed: `app=web,tier!=db,!old,env in (a,b)`; or the error in kubectl's words. */
export function readLabelSelector(text: string): LabelSelector | { readonly error: string } {
  const read = readLabels(text);
  return 'error' in read ? { error: `error: ${read.error}` } : read;
}

/** A field selector as typed: `status.phase=Running,spec.nodeName!=node-1`; or the error in kubectl's words. */
export function readFieldSelector(text: string, kind: Kind): ((object: KubeObject) => boolean) | { readonly error: string } {
  const read = readFields(text, kind);
  if (!('error' in read)) return read;
  if (read.error.startsWith('invalid')) return { error: `error: ${read.error}` };
  const { apiVersion, plural } = resourceOf(kind);
  const place = `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Resource=${plural}`;
  return { error: `Error from server (BadRequest): Unable to find "${place}" that match label selector "", field selector "${text}": ${read.error}` };
}

/** The selector of a workload or Service, as requirements; a workload without one selects nothing. */
export function selectorOf(object: KubeObject): LabelSelector | null {
  const selector = readPath(object, 'spec.selector') as Record<string, unknown> | undefined;
  const labels = (object.kind === 'Service' ? selector : selector?.['matchLabels']) as Record<string, string> | undefined;
  if (labels === undefined) return null;
  return Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
}
