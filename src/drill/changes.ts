import type { Cluster } from '../cluster/cluster.ts';
import type { KindMap, KubeObject } from '../cluster/objects.ts';
import type { ChangeSpec, Scenario } from '../scenario/scenario.ts';

/** Does to the cluster what a change says it did. */
export function applyChange(cluster: Cluster, { effect }: ChangeSpec): void {
  switch (effect.do) {
    case 'image': {
      const deployment = cluster.plane.store.get('Deployment', effect.namespace, effect.deployment);
      const container = deployment?.spec?.template.spec?.containers[0]?.name;
      if (container === undefined) return;
      const body = { spec: { template: { spec: { containers: [{ name: container, image: effect.to }] } } } };
      cluster.api.patch({ kind: 'Deployment', namespace: effect.namespace, name: effect.deployment }, { type: 'strategic', body });
      cluster.releases.changed('Deployment', effect.namespace, effect.deployment);
      return;
    }
    case 'scale':
      cluster.api.patch({ kind: 'Deployment', namespace: effect.namespace, name: effect.deployment }, { type: 'merge', body: { spec: { replicas: effect.to } } });
      cluster.releases.changed('Deployment', effect.namespace, effect.deployment);
      return;
    case 'config':
      cluster.api.patch({ kind: 'ConfigMap', namespace: effect.namespace, name: effect.configMap }, { type: 'merge', body: { data: { [effect.key]: effect.to } } });
      cluster.releases.changed('ConfigMap', effect.namespace, effect.configMap);
      return;
    case 'note':
      return;
  }
}

/** The cluster's objects as they were before the first of the scenario's changes: what each changed from. */
export function beforeChanges({ cluster, changes }: Pick<Scenario, 'cluster' | 'changes'>): KubeObject[] {
  return cluster.objects.map((object) => changes.toSorted((one, other) => other.atMs - one.atMs).reduce(undone, object));
}

function undone(object: KubeObject, { effect }: ChangeSpec): KubeObject {
  const { kind, metadata } = object;
  if (effect.do === 'note' || metadata.namespace !== effect.namespace) return object;
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
