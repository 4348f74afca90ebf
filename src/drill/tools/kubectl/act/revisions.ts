import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { KindMap } from '../../../../cluster/objects.ts';
import { controllerOf } from '../call.ts';
import type { Call } from '../call.ts';
import { replicaSetsOf, revisionOf } from '../describe/workloads.ts';

export type Rolled = KindMap['Deployment'] | KindMap['StatefulSet'] | KindMap['DaemonSet'];

/** One of the templates that a workload has had. */
export interface Revision {
  readonly number: number;
  readonly template: PodTemplateSpec;
  readonly cause: string;
}

/** A workload's revisions, the oldest first: of a Deployment its ReplicaSets, of the others their ControllerRevisions. */
export function revisionsOf(call: Call, object: Rolled): readonly Revision[] {
  const found = object.kind === 'Deployment' ? fromSets(call, object) : fromRevisions(call, object);
  return found.sort((left, right) => left.number - right.number);
}

/** The number of the revision that a workload is to be at; 0 where it has none yet. */
export function currentRevision(object: Rolled, revisions: readonly Revision[]): number {
  return object.kind === 'Deployment' ? revisionOf(object) : (revisions.at(-1)?.number ?? 0);
}

function fromSets(call: Call, deployment: KindMap['Deployment']): Revision[] {
  const { old, current } = replicaSetsOf(call, deployment);
  return [...old, ...(current === null ? [] : [current])].filter((set) => revisionOf(set) > 0).map((set) => {
    const { 'pod-template-hash': _hash, ...labels } = set.spec?.template?.metadata?.labels ?? {};
    return { number: revisionOf(set), template: { ...set.spec?.template, metadata: { ...set.spec?.template?.metadata, labels } }, cause: causeOf(set) };
  });
}

function fromRevisions(call: Call, { metadata: { namespace = '', uid } }: Rolled): Revision[] {
  const owned = call.api.list('ControllerRevision', namespace).filter((one) => controllerOf(one)?.uid === uid);
  return owned.map((one) => {
    const data: { readonly spec?: { readonly template?: PodTemplateSpec & { readonly $patch?: string } } } | undefined = one.data;
    const { $patch: _directive, ...template } = data?.spec?.template ?? {};
    return { number: one.revision, template, cause: causeOf(one) };
  });
}

function causeOf({ metadata }: KindMap['ReplicaSet'] | KindMap['ControllerRevision']): string {
  return (metadata.annotations?.['kubernetes.io/change-cause'] ?? '<none>').replaceAll(/\s/g, ' ');
}
