import type { LabelRequirement, LabelSelector } from './api.ts';
import { resourceOf } from './custom-kind.ts';
import type { Kind, KubeObject } from './objects.ts';
import { readPath } from './printers/fields.ts';

/** A label selector as clients write it: `app=web,tier!=db,!old,env in (a,b)`; or what is wrong with it. */
export function readLabelSelector(text: string): LabelSelector | { readonly error: string } {
  const requirements: LabelRequirement[] = [];
  for (const part of text.split(/,(?![^(]*\))/)) {
    const trimmed = part.trim();
    if (trimmed === '') continue;
    const requirement = readRequirement(trimmed);
    if (requirement === null) return { error: `unable to parse requirement: ${trimmed} is no valid label requirement` };
    requirements.push(requirement);
  }
  return requirements;
}

function readRequirement(text: string): LabelRequirement | null {
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^()]*)\)$/.exec(text);
  if (set !== null) {
    return { key: set[1] as string, operator: set[2] === 'in' ? 'In' : 'NotIn', values: (set[3] as string).split(',').map((value) => value.trim()) };
  }
  const equality = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(text);
  if (equality !== null) {
    return { key: equality[1] as string, operator: equality[2] === '!=' ? 'NotIn' : 'In', values: [equality[3] as string] };
  }
  const existence = /^(!?)\s*([\w./-]+)$/.exec(text);
  if (existence === null) return null;
  return { key: existence[2] as string, operator: existence[1] === '!' ? 'DoesNotExist' : 'Exists', values: [] };
}

type Test = (object: KubeObject) => boolean;

/** A field selector as clients write it: `status.phase=Running,spec.nodeName!=node-1`; only the fields that the API knows for the kind, or `more` that a custom kind names. */
export function readFieldSelector(text: string, kind: Kind, more: string[] = []): Test | { readonly error: string } {
  const tests: Test[] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const match = /^\s*([\w.]+)\s*(==|=|!=)\s*(.*?)\s*$/.exec(part);
    if (match === null) return { error: `invalid field selector: "${part}"; use FIELD=VALUE` };
    const [, field = '', operator, value = ''] = match;
    if (!(FIELDS[kind] ?? more).concat(COMMON_FIELDS).includes(field)) {
      const { apiVersion, plural } = resourceOf(kind);
      const group = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
      return { error: `Unable to find "${group}, Resource=${plural}" that match label selector "", field selector "${text}": field label not supported: ${field}` };
    }
    tests.push((object) => (textOf(readPath(object, field)) === value) === (operator !== '!='));
  }
  return (object) => tests.every((test) => test(object));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

const COMMON_FIELDS = ['metadata.name', 'metadata.namespace'];

const FIELDS: Partial<Record<Kind, string[]>> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'],
  Event: ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type'],
  Node: ['spec.unschedulable'],
  ReplicaSet: ['status.replicas'],
  Namespace: ['status.phase'],
  Service: ['spec.clusterIP', 'spec.type'],
  Secret: ['type'],
  Job: ['status.successful'],
};
