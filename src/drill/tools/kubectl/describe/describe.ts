import { isCustomObject, shownKind } from '../../../../cluster/custom-kind.ts';
import type { Kind, KindMap } from '../../../../cluster/objects.ts';
import { sortedEntries } from '../../../../cluster/printers/fields.ts';
import type { Call } from '../call.ts';
import { nothingFound, observedTarget } from '../look/get.ts';
import { find, readTargets } from '../targets.ts';
import { describeEvents } from './events.ts';
import { describeNode } from './node.ts';
import { describePod } from './pod.ts';
import { describeConfigMap, describeEndpointSlice, describeNamespace, describeOneEvent, describeService } from './small.ts';
import { describeDeployment, describeReplicaSet, describeStatefulSet } from './workloads.ts';
import { DescriptionWriter } from './writer.ts';

type Describe<K extends Kind> = (call: Call, object: KindMap[K], writer: DescriptionWriter) => void;

const DESCRIPTIONS = {
  Namespace: describeNamespace,
  Node: describeNode,
  Pod: describePod,
  Service: describeService,
  ConfigMap: describeConfigMap,
  Event: describeOneEvent,
  Deployment: describeDeployment,
  ReplicaSet: describeReplicaSet,
  StatefulSet: describeStatefulSet,
  EndpointSlice: describeEndpointSlice,
} satisfies { readonly [K in Kind]?: Describe<K> };

/** `kubectl describe`: objects with what belongs to them, and their events. A name may be the beginning of one. */
export function describe(call: Call): void {
  const { answer, args } = call;
  if (args.length === 0) return answer.fail('error: You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.');
  const targets = readTargets(call.api, args);
  if ('error' in targets) return answer.fail(targets.error);
  const found = find(call, targets.flatMap((target) => byPrefix(call, target)));
  if (found === null) return;
  answer.observed({ kind: 'state', target: observedTarget(targets), tool: 'kubectl describe' });
  let nth = 0;
  for (const { kind, objects } of found) {
    for (const object of objects) {
      if (nth++ > 0) answer.print('', '');
      const writer = new DescriptionWriter();
      describeOf(kind)(call, object, writer);
      answer.print(...writer.lines());
    }
  }
  if (nth === 0 && answer.empty) answer.print(nothingFound(call, true));
}

function describeOf(kind: Kind): Describe<Kind> {
  const known: { readonly [K in Kind]?: unknown } = DESCRIPTIONS;
  return (known[kind] as Describe<Kind> | undefined) ?? describePlainly;
}

/** A kind without a description of its own: what all objects have. */
function describePlainly(call: Call, object: KindMap[Kind], writer: DescriptionWriter): void {
  const { name, namespace, labels, annotations } = object.metadata;
  writer.row(0, 'Name:', name);
  if (namespace !== undefined) writer.row(0, 'Namespace:', namespace);
  writer.map(0, 'Labels', labels);
  writer.map(0, 'Annotations', annotations, ': ');
  writer.row(0, 'API Version:', object.apiVersion);
  writer.row(0, 'Kind:', shownKind(object.kind));
  if (isCustomObject(object)) for (const part of ['spec', 'status'] as const) describeFields(writer, 0, part, object[part]);
  describeEvents(call, object, writer);
}

/** Fields of any shape, with words for names as kubectl writes them: `Storage Class Name:`. */
function describeFields(writer: DescriptionWriter, level: number, name: string, value: unknown): void {
  if (value === undefined) return;
  const head = `${name.replace(/[A-Z]+/g, ' $&').replace(/^./, (first) => first.toUpperCase())}:`;
  if (typeof value !== 'object' || value === null) return writer.row(level, head, typeof value === 'string' ? value : JSON.stringify(value));
  writer.row(level, head);
  for (const item of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
    if (typeof item !== 'object' || item === null) writer.row(level + 1, typeof item === 'string' ? item : JSON.stringify(item));
    else for (const [key, inner] of sortedEntries(item as Readonly<Record<string, unknown>>)) describeFields(writer, level + 1, key, inner);
  }
}

/** As kubectl does: where no object has the name, those whose names begin with it. */
function byPrefix(call: Call, target: { readonly kind: Kind; readonly name: string | null }): { readonly kind: Kind; readonly name: string | null }[] {
  const { kind, name } = target;
  if (name === null || kind === 'Node' || kind === 'Namespace' || call.api.get(kind, call.namespace, name).ok) return [target];
  const longer = call.api.list(kind, call.namespace).filter(({ metadata }) => metadata.name.startsWith(name));
  return longer.length === 0 ? [target] : longer.map(({ metadata }) => ({ kind, name: metadata.name }));
}
