import type { Kind, KubeObject } from './objects.ts';
import { readPath } from './printers/fields.ts';

type Test = (object: KubeObject) => boolean;

/** A field selector as clients write it: `status.phase=Running,spec.nodeName!=node-1`; only the fields that the API knows for the kind, or `more` that a custom kind names. */
export function readFieldSelector(text: string, kind: Kind, more: string[] = []): Test | { readonly error: string } {
  const tests: Test[] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const match = /^\s*([\w.]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(part);
    if (match === null) return { error: `invalid field selector: "${part}"; use FIELD=VALUE` };
    const [, field = '', operator, value = ''] = match;
    if (!(FIELDS[kind]?.fields ?? more).concat(COMMON_FIELDS).includes(field)) return { error: FIELDS[kind]?.refuse(field) ?? `"${field}" is not a known field selector: only ${[...COMMON_FIELDS, ...more].map((one) => `"${one}"`).join(', ')}` };
    tests.push((object) => (fieldText(object, field) === value) === (operator !== '!='));
  }
  return (object) => tests.every((test) => test(object));
}

/** A field as selectors compare it: zeros and falsehoods that objects leave out are said. */
function fieldText(object: KubeObject, field: string): string {
  if (field === 'source') return textOf(readPath(object, 'source.component') ?? readPath(object, 'reportingComponent'));
  const value = readPath(object, field === 'status.successful' ? 'status.succeeded' : field);
  return value === undefined ? (ABSENT[field] ?? '') : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];
const ABSENT: Readonly<Record<string, string>> = { 'spec.unschedulable': 'false', 'spec.hostNetwork': 'false', 'status.replicas': '0', 'status.successful': '0' };

const unsupported = (field: string): string => `field label not supported: ${field}`;

/** By kind: the fields beside the common ones, and the sentence about others. Source: the conversions of field labels in Kubernetes' pkg/apis. */
const FIELDS: Partial<Record<Kind, { readonly fields: string[]; readonly refuse: (field: string) => string }>> = {
  Pod: { fields: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName'], refuse: unsupported },
  Event: {
    fields: ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type'],
    refuse: unsupported,
  },
  Node: { fields: ['spec.unschedulable'], refuse: unsupported },
  Namespace: { fields: ['status.phase'], refuse: unsupported },
  Service: { fields: ['spec.clusterIP', 'spec.type'], refuse: unsupported },
  Secret: { fields: ['type'], refuse: unsupported },
  ReplicationController: { fields: ['status.replicas'], refuse: unsupported },
  ReplicaSet: { fields: ['status.replicas'], refuse: (field) => `field label "${field}" not supported for ReplicaSet` },
  Job: { fields: ['status.successful'], refuse: (field) => `field label "${field}" not supported for Job` },
  CertificateSigningRequest: { fields: ['spec.signerName'], refuse: unsupported },
};
