import { customKind, isCustomObject, shownKind } from '../cluster/custom-kind.ts';
import type { KubeObject } from '../cluster/objects.ts';
import { childrenOf } from '../cluster/operators/database-cluster.ts';
import type { AuthoredTraffic } from './shape/traffic-shape.ts';

/**
 * What the names in a scenario refer to. One rule: a name in a step (`call`, `transaction`, `cached`) is DNS and means
 * the namespace of the pod that calls, as in a real cluster; a short name anywhere else is taken where the cluster has
 * exactly one object of that kind and name, and must be written `NAMESPACE/NAME` where it has several.
 */
export class ClusterNames {
  /** What its author applies. */
  readonly applied: readonly KubeObject[];
  /** That, and what operators make of it. */
  readonly objects: readonly KubeObject[];
  readonly traffic: AuthoredTraffic | null;

  constructor(objects: readonly KubeObject[], traffic: AuthoredTraffic | null) {
    this.applied = objects;
    this.objects = [...objects, ...madeByOperators(objects, traffic)];
    this.traffic = traffic;
  }

  /** `namespace/name` of an object by the name an author wrote, or why there is none. */
  find(kind: KubeObject['kind'], written: string): Found {
    const [first = '', second] = kind === 'Service' ? serviceName(written) : written.split('/');
    const ofKind = this.objects.filter((object) => object.kind === kind);
    const found = ofKind.filter(({ metadata }) => (second === undefined ? metadata.name === first : metadata.namespace === first && metadata.name === second));
    const object = found[0];
    if (object === undefined) return { outcome: 'none', known: ofKind.map(({ metadata }) => (second === undefined ? metadata.name : `${metadata.namespace ?? ''}/${metadata.name}`)) };
    if (found.length > 1) return { outcome: 'many', known: found.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`) };
    return { outcome: 'one', object, full: `${object.metadata.namespace ?? ''}/${object.metadata.name}` };
  }

  /** What the image of that repository does; undefined where nobody described it. Names are looked up as written, never along a prototype. */
  program(repository: string): AuthoredTraffic['programs'][string] | undefined {
    const programs = this.traffic?.programs ?? {};
    return Object.hasOwn(programs, repository) ? programs[repository] : undefined;
  }

  /** {@link find}, or the written name where it is not one object: rules have complained of that by then. */
  full(kind: KubeObject['kind'], written: string): string {
    const found = this.find(kind, written);
    return found.outcome === 'one' ? found.full : written;
  }
}

function madeByOperators(objects: readonly KubeObject[], traffic: AuthoredTraffic | null): KubeObject[] {
  const kinds = new Set<string>(Object.values(traffic?.images ?? {}).flatMap(({ operator }) => (operator === undefined ? [] : [customKind({ ...operator, namespaced: true })])));
  return objects.flatMap((object) => (isCustomObject(object) && kinds.has(object.kind) ? childrenOf(object, shownKind(object.kind)) : []));
}

/** `postgres/orders` or `postgres.shop/orders`. */
export function splitLock(target: string): [service: string, lock: string] {
  const slash = target.lastIndexOf('/');
  return slash === -1 ? [target, ''] : [target.slice(0, slash), target.slice(slash + 1)];
}

/** A Service may be written as DNS has it, too: `payments.shop`. */
function serviceName(written: string): string[] {
  const dot = written.indexOf('.');
  return dot === -1 ? written.split('/') : [written.slice(dot + 1).replace(/\.svc(?:\.cluster\.local)?$/, ''), written.slice(0, dot)];
}

export type Found =
  | { readonly outcome: 'one'; readonly object: KubeObject; readonly full: string }
  | { readonly outcome: 'none' | 'many'; readonly known: readonly string[] };
