import type { PodTemplateSpec } from 'kubernetes-types/core/v1';
import type { ClusterContext } from '../context.ts';
import { refOf } from '../deletion.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { controllerOf, controllerReference } from '../pods.ts';
import { templateHash } from './revisions.ts';

type ControllerRevision = KindMap['ControllerRevision'];
type Owner = KindMap['StatefulSet'] | KindMap['DaemonSet'];

/** The pod templates that a StatefulSet or DaemonSet has had, kept as its ControllerRevisions. */
export class RevisionHistory {
  readonly #cluster: ClusterContext;
  readonly #hashLabel: string;

  /** `hashLabel`: under which label revisions carry their hash. */
  constructor(cluster: ClusterContext, hashLabel: string) {
    this.#cluster = cluster;
    this.#hashLabel = hashLabel;
  }

  /** The revision of the owner's present template: found, and made the newest again, or made. */
  note(owner: Owner): ControllerRevision {
    const { store } = this.#cluster;
    const template = owner.spec?.template ?? {};
    const all = this.revisions(owner);
    const newest = all.at(-1);
    const found = all.find((revision) => sameJson(templateOf(revision), template));
    if (found !== undefined) return found === newest ? found : store.update<ControllerRevision>({ ...found, revision: (newest?.revision ?? 0) + 1 });
    const namespace = owner.metadata.namespace ?? '';
    let collisions = 0;
    let hash = templateHash(template, collisions);
    for (;;) {
      const taken = store.get('ControllerRevision', namespace, `${owner.metadata.name}-${hash}`);
      if (taken === undefined) break;
      // One that an owner before left behind is taken over with its pods.
      if (controllerOf(taken) === undefined && sameJson(templateOf(taken), template)) return store.update<ControllerRevision>({ ...taken, metadata: { ...taken.metadata, ownerReferences: [controllerReference(owner)] }, revision: (newest?.revision ?? 0) + 1 });
      hash = templateHash(template, ++collisions);
    }
    return store.create<ControllerRevision>({
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name: `${owner.metadata.name}-${hash}`,
        namespace,
        labels: { ...template.metadata?.labels, [this.#hashLabel]: hash },
        ownerReferences: [controllerReference(owner)],
      },
      data: { spec: { template: { ...template, $patch: 'replace' } } },
      revision: (newest?.revision ?? 0) + 1,
    });
  }

  /** Oldest first. */
  revisions(owner: Owner): ControllerRevision[] {
    const found: ControllerRevision[] = [];
    for (const owned of this.#cluster.store.ownedBy(owner.metadata.uid as string)) if (owned.kind === 'ControllerRevision') found.push(owned);
    return found.sort((left, right) => left.revision - right.revision);
  }

  /** The pod template of a revision by its name; undefined where it is gone. */
  template(owner: Owner, name: string): PodTemplateSpec | undefined {
    const revision = this.#cluster.store.get('ControllerRevision', owner.metadata.namespace ?? '', name);
    return revision === undefined ? undefined : templateOf(revision);
  }

  /** Lets go of the oldest revisions beyond the owner's limit that no pod is of. */
  trim(owner: Owner, inUse: ReadonlySet<string>): void {
    const idle = this.revisions(owner).filter((revision) => !inUse.has(revision.metadata.name));
    for (const revision of idle.slice(0, Math.max(0, idle.length - (owner.spec?.revisionHistoryLimit ?? 10)))) this.#cluster.store.remove(refOf(revision));
  }

  /** A revision's hash, as pods carry it. */
  hashOf(revision: ControllerRevision): string {
    return revision.metadata.labels?.[this.#hashLabel] ?? '';
  }
}

function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const { $patch: _directive, ...template } = (revision.data as { readonly spec: { readonly template: PodTemplateSpec & { readonly $patch?: string } } }).spec.template;
  return template;
}
