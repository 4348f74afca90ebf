import { resolverObjects } from '../../cluster/dns/resolver-objects.ts';
import { FAULTS } from '../../cluster/faults/catalogue.ts';
import type { FaultKind } from '../../cluster/faults/fault.ts';
import type { KubeObject } from '../../cluster/objects.ts';

/** The objects of a cluster, with those that its faults strike and that its description leaves out: every real cluster has them. */
export function furnished(objects: readonly KubeObject[], faults: readonly string[]): readonly KubeObject[] {
  const needs = new Set(faults.map((kind) => FAULTS.get(kind)?.needs));
  const added = (Object.keys(MAKERS) as (keyof typeof MAKERS)[]).flatMap((need) => (needs.has(need) ? MAKERS[need]() : []));
  return [...objects, ...added.filter((made) => !objects.some(({ kind, metadata }) => kind === made.kind && metadata.name === made.metadata.name && (metadata.namespace ?? '') === (made.metadata.namespace ?? '')))];
}

const MAKERS = { resolver: resolverObjects } satisfies Partial<Record<NonNullable<FaultKind['needs']>, () => KubeObject[]>>;
