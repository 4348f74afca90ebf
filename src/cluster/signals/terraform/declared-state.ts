import { isJsonObject, sameJson } from '../../json.ts';
import type { Kind, Ref } from '../../objects.ts';
import type { AnyObject, ObjectStore } from '../../store.ts';
import { PLANNED_KINDS } from './address.ts';
import { attributesOf, type PlannedChange } from './plan-text.ts';

/**
 * What the repository of a platform's team says that there is: the cluster's objects as they came to be, and what
 * pipelines changed since. Whoever writes past it, by hand or by a tool of his own, makes the cluster drift.
 */
export class DeclaredState {
  readonly #store: ObjectStore;
  readonly #objects = new Map<string, AnyObject>();

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Takes all that there is as declared. Objects are shared, not copied. */
  adoptAll(): void {
    this.#objects.clear();
    for (const kind of PLANNED_KINDS) {
      for (const object of this.#store.list(kind, null)) if (isPlanned(object)) this.#objects.set(keyOf(object.kind, object.metadata.namespace, object.metadata.name), object);
    }
  }

  /** A pipeline wrote this object: what is there now is what the repository says. Nothing before {@link adoptAll}. */
  adopt({ kind, namespace, name }: Ref): void {
    if (this.#objects.size === 0) return;
    const key = keyOf(kind, namespace, name);
    const object = this.#store.get(kind, namespace, name);
    if (object === undefined) this.#objects.delete(key);
    else if (isPlanned(object)) this.#objects.set(key, object);
  }

  /** What differs from what is declared, oldest kinds first: `before` is declared, `after` what there is. */
  drift(): PlannedChange[] {
    const found: PlannedChange[] = [];
    for (const before of this.#objects.values()) {
      const { kind, metadata: { namespace = '', name } } = before;
      const after: AnyObject | null = this.#store.get(kind, namespace, name) ?? null;
      if (after === before) continue;
      const compared = after === null ? null : this.#ignoring(before, after);
      if (compared === null || !sameJson(attributesOf(before), attributesOf(compared))) found.push({ before, after: compared });
    }
    return found;
  }

  /** Without what an autoscaler may change: nobody declares that (`ignore_changes = [spec[0].replicas]`). */
  #ignoring(before: AnyObject, after: AnyObject): AnyObject {
    const { kind, metadata: { namespace = '', name } } = before;
    const spec = (after as { spec?: unknown }).spec;
    const scaled = (kind === 'Deployment' || kind === 'StatefulSet') && this.#store.list('HorizontalPodAutoscaler', namespace).some((one) => one.spec?.scaleTargetRef.kind === kind && one.spec.scaleTargetRef.name === name);
    return scaled && isJsonObject(spec) ? { ...after, spec: { ...spec, replicas: (before as { spec?: { replicas?: number } }).spec?.replicas } } as AnyObject : after;
  }
}

function keyOf(kind: Kind, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}

/** Helm's own objects, tokens, certificates that renew themselves and what controllers make are nobody's plan. */
function isPlanned(object: AnyObject): boolean {
  const { kind, metadata } = object;
  if (metadata.ownerReferences !== undefined || metadata.annotations?.['meta.helm.sh/release-name'] !== undefined) return false;
  if (metadata.name.startsWith('system:') || metadata.labels?.['kubernetes.io/bootstrapping'] !== undefined || SYSTEM.has(metadata.namespace ?? (kind === 'Namespace' ? metadata.name : ''))) return false;
  if (kind === 'Secret') return (object as { type?: string }).type === 'Opaque';
  if (kind === 'ServiceAccount') return metadata.name !== 'default';
  return !(kind === 'ConfigMap' && metadata.name === 'kube-root-ca.crt') && !(kind === 'Service' && metadata.name === 'kubernetes');
}

const SYSTEM: ReadonlySet<string> = new Set(['kube-system', 'kube-public', 'kube-node-lease']);
