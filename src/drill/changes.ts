import type { Cluster } from '../cluster/cluster.ts';
import type { Patch } from '../cluster/api.ts';
import type { KindMap, KubeObject, Ref } from '../cluster/objects.ts';
import type { AnyObject } from '../cluster/store.ts';
import { planCounts, resourceText } from '../cluster/signals/terraform/plan-text.ts';
import type { ChangeEffect, ChangeSpec, Scenario } from '../scenario/scenario.ts';

/** Does to the cluster what a change says it did, and returns what one reads who opens its entry. */
export function applyChange(cluster: Cluster, { who, effect }: ChangeSpec): readonly string[] {
  const { store } = cluster.plane;
  if (effect.do === 'note') return [];
  const done = effect.do === 'plan' ? effect.of : effect;
  const ref = refOf(done);
  const before: AnyObject | null = store.get(ref.kind, ref.namespace, ref.name) ?? null;
  const planned = { before, after: write(cluster, done, effect.do === 'plan') ?? before };
  const text = resourceText(planned, 'will be');
  if (effect.do === 'plan') return [...text, '', `Plan: ${planCounts(text.length === 0 ? [] : [planned])}.`];
  const revision = cluster.releases.changed(ref.kind, ref.namespace, ref.name);
  cluster.drift.adopt(ref);
  return [...text, ...(text.length > 0 && who === 'terraform' ? ['', 'Apply complete! Resources: 0 added, 1 changed, 0 destroyed.'] : []), ...(revision === null ? [] : [`Release "${revision.name}" has been upgraded. REVISION: ${revision.version}`])];
}

function refOf(effect: ChangeEffect): Ref & { readonly kind: 'Deployment' | 'ConfigMap' } {
  return effect.do === 'config' ? { kind: 'ConfigMap', namespace: effect.namespace, name: effect.configMap } : { kind: 'Deployment', namespace: effect.namespace, name: effect.deployment };
}

/** The object as it is after the write, or would be; null where the API refuses it, or there is none. */
function write(cluster: Cluster, effect: ChangeEffect, dryRun: boolean): AnyObject | null {
  const container = cluster.plane.store.get('Deployment', effect.namespace, 'deployment' in effect ? effect.deployment : '')?.spec?.template.spec?.containers[0]?.name;
  if (effect.do === 'image' && container === undefined) return null;
  const patch: Patch = effect.do === 'image' ? { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: container, image: effect.to }] } } } } }
    : { type: 'merge', body: effect.do === 'scale' ? { spec: { replicas: effect.to } } : { data: { [effect.key]: effect.to } } };
  const answer = cluster.api.patch<'Deployment' | 'ConfigMap'>(refOf(effect), patch, { dryRun });
  return answer.ok ? answer.object : null;
}

/** The cluster's objects as they were before the first of the scenario's changes: what each changed from. */
export function beforeChanges({ cluster, changes }: Pick<Scenario, 'cluster' | 'changes'>): KubeObject[] {
  return cluster.objects.map((object) => changes.toSorted((one, other) => other.atMs - one.atMs).reduce(undone, object));
}

function undone(object: KubeObject, { effect }: ChangeSpec): KubeObject {
  const { kind, metadata } = object;
  if (effect.do === 'note' || effect.do === 'plan' || metadata.namespace !== effect.namespace) return object;
  if (effect.do === 'config') {
    if (kind !== 'ConfigMap' || metadata.name !== effect.configMap) return object;
    const map = object as KindMap['ConfigMap'];
    return { ...map, data: { ...map.data, [effect.key]: effect.from } } as KubeObject;
  }
  if (kind !== 'Deployment' || metadata.name !== effect.deployment) return object;
  const deployment = object as KindMap['Deployment'];
  const spec = deployment.spec;
  if (spec === undefined) return object;
  if (effect.do === 'scale') return { ...deployment, spec: { ...spec, replicas: effect.from } } as KubeObject;
  const [first, ...rest] = spec.template.spec?.containers ?? [];
  if (first === undefined) return object;
  const template = { ...spec.template, spec: { ...spec.template.spec, containers: [{ ...first, image: effect.from }, ...rest] } };
  return { ...deployment, spec: { ...spec, template } } as KubeObject;
}
