import { admitClaim } from '../admission/claim-admission.ts';
import { claimDefaults } from '../admission/kind-defaults.ts';
import type { ClusterContext } from '../context.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';

type Claim = KindMap['PersistentVolumeClaim'];
type Pod = KindMap['Pod'];
type StatefulSet = KindMap['StatefulSet'];

const SOURCE = { component: 'statefulset-controller' };

/** The claims of each pod of a StatefulSet: made with it, kept when it goes unless the set's retention policy says otherwise. */
export class StatefulClaims {
  readonly #cluster: ClusterContext;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
  }

  /** Makes the claims that a pod lacks; what is in the way, or null. */
  make(set: StatefulSet, podName: string): string | null {
    const { store, events } = this.#cluster;
    const namespace = set.metadata.namespace ?? '';
    for (const template of set.spec?.volumeClaimTemplates ?? []) {
      const name = claimName(template, podName);
      const there = store.get('PersistentVolumeClaim', namespace, name);
      if (there?.metadata.deletionTimestamp !== undefined) return `pvc ${name} is being deleted`;
      if (there !== undefined) continue;
      const labels = { ...template.metadata?.labels, ...set.spec?.selector.matchLabels };
      const owners = set.spec?.persistentVolumeClaimRetentionPolicy?.whenDeleted === 'Delete' ? { ownerReferences: [referenceTo(set)] } : {};
      const annotations = template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations };
      const claim = claimDefaults({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace, labels, ...annotations, ...owners }, ...(template.spec === undefined ? {} : { spec: template.spec }) });
      store.create(admitClaim(store, claim));
      events.record(set, 'Normal', 'SuccessfulCreate', `create Claim ${name} Pod ${podName} in StatefulSet ${set.metadata.name} success`, SOURCE);
    }
    return null;
  }

  /** Has each claim of a pod owned by what takes it along: the set where it is to go with that, the pod where it is `condemned` and is to go with it. */
  retain(set: StatefulSet, pod: Pod, condemned: boolean): void {
    const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
    const { store } = this.#cluster;
    for (const template of set.spec?.volumeClaimTemplates ?? []) {
      const claim = store.get('PersistentVolumeClaim', set.metadata.namespace ?? '', claimName(template, pod.metadata.name));
      if (claim === undefined) continue;
      const owner = condemned && whenScaled === 'Delete' ? pod : whenDeleted === 'Delete' ? set : null;
      const before = claim.metadata.ownerReferences ?? [];
      const others = before.filter(({ uid }) => uid !== set.metadata.uid && uid !== pod.metadata.uid);
      const after = owner === null ? others : [...others, referenceTo(owner)];
      if (sameJson(before, after)) continue;
      const { ownerReferences: _before, ...metadata } = claim.metadata;
      store.update<Claim>({ ...claim, metadata: after.length === 0 ? metadata : { ...metadata, ownerReferences: after } });
    }
  }
}

/** A pod's own claims as the volumes that mount them, in place of the template's volumes of the same names. */
export function withClaims(set: StatefulSet, pod: Pod): Pod {
  const templates = set.spec?.volumeClaimTemplates ?? [];
  if (templates.length === 0) return pod;
  const own = templates.map((template) => ({ name: template.metadata?.name ?? '', persistentVolumeClaim: { claimName: claimName(template, pod.metadata.name) } }));
  const others = (pod.spec?.volumes ?? []).filter(({ name }) => !own.some((volume) => volume.name === name));
  return { ...pod, spec: { containers: [], ...pod.spec, volumes: [...others, ...own] } };
}

function claimName(template: { readonly metadata?: { readonly name?: string } }, podName: string): string {
  return `${template.metadata?.name ?? ''}-${podName}`;
}

function referenceTo({ apiVersion, kind, metadata }: StatefulSet | Pod): { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean } {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid as string };
}
