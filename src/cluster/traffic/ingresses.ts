import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

type Ingress = KindMap['Ingress'];

/**
 * The Service `namespace/name` to which the Ingresses of a cluster send a host's path; null where none does. The oldest of
 * two that claim the same wins; the longest path that fits wins over shorter ones, an exact one over a prefix.
 * Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches
 */
export function ingressTarget(store: ObjectStore, host: string, path: string): string | null {
  let best: { readonly fit: number; readonly service: string } | null = null;
  const oldestFirst = store.list('Ingress', null).toSorted((one, other) => compare(bornAt(one), bornAt(other)));
  for (const ingress of oldestFirst) {
    for (const { fit, service } of backends(ingress, host, path)) if (best === null || fit > best.fit) best = { fit, service };
  }
  return best?.service ?? null;
}

/** What an Ingress has for a host's path, by how well it fits. */
function backends({ metadata, spec }: Ingress, host: string, path: string): { readonly fit: number; readonly service: string }[] {
  const found: { fit: number; service: string }[] = [];
  const add = (fit: number, name: string | undefined): void => {
    if (name !== undefined) found.push({ fit, service: `${metadata.namespace ?? 'default'}/${name}` });
  };
  add(0, spec?.defaultBackend?.service?.name);
  for (const rule of spec?.rules ?? []) {
    const hostFit = hostMatches(rule.host, host);
    if (hostFit === 0) continue;
    for (const { path: wanted = '/', pathType, backend } of rule.http?.paths ?? []) {
      const pathFit = pathMatches(wanted, pathType, path);
      if (pathFit > 0) add(hostFit * 100_000 + pathFit, backend.service?.name);
    }
  }
  return found;
}

/** 0 not at all, 1 any host, 2 by a wildcard, 3 by name. */
function hostMatches(wanted: string | undefined, host: string): number {
  if (wanted === undefined || wanted === '') return 1;
  if (wanted === host) return 3;
  return wanted.startsWith('*.') && host.slice(host.indexOf('.')) === wanted.slice(1) ? 2 : 0;
}

function pathMatches(wanted: string, type: string, path: string): number {
  if (type === 'Exact') return wanted === path ? wanted.length * 2 + 1 : 0;
  const prefix = wanted.replace(/\/$/, '');
  return path === prefix || path.startsWith(`${prefix}/`) ? wanted.length * 2 : 0;
}

function bornAt({ metadata }: Ingress): string {
  return `${metadata.creationTimestamp ?? ''} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
