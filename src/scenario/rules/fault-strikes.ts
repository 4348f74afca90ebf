import type { FaultKind } from '../../cluster/faults/fault.ts';
import { splitImage } from '../../cluster/image.ts';
import type { KindMap } from '../../cluster/objects.ts';
import { containersOf } from '../build/change.ts';
import type { ClusterNames } from '../cluster-names.ts';

/** A sentence and its cure where a fault strikes a Service of another sort than it can, as a lock in a cache; else null. `service` is `namespace/name`. */
export function strikesWrong(fault: FaultKind, service: string, names: ClusterNames): readonly [problem: string, cure: string] | null {
  if (fault.strikes === undefined) return null;
  const suiting = servicesOf(names).filter((each) => suits(fault.strikes, each, names));
  if (suiting.includes(service) || kindsOf(service, names).length === 0) return null;
  const [namespace, name] = service.split('/');
  const cure = suiting.length === 0 ? 'The cluster has none.' : `Write ${suiting.map((each) => (each.startsWith(`${namespace ?? ''}/`) ? each.slice(each.indexOf('/') + 1) : each)).join(' or ')}.`;
  return [`${fault.word} strikes ${SORTS[fault.strikes]}, and ${name ?? service} is none.`, cure];
}

const SORTS = { database: 'a database', cache: 'a cache', entrance: 'a Service that users send to' } as const;

function suits(strikes: FaultKind['strikes'], service: string, names: ClusterNames): boolean {
  if (strikes === 'entrance') return names.traffic?.load.some((load) => names.full('Service', load.service) === service) ?? false;
  return kindsOf(service, names).some((kind) => kind === strikes);
}

function servicesOf({ objects }: ClusterNames): readonly string[] {
  return objects.flatMap(({ kind, metadata }) => (kind === 'Service' ? [`${metadata.namespace ?? ''}/${metadata.name}`] : []));
}

/** Of the programs behind a Service; [] where nobody described any. */
function kindsOf(service: string, names: ClusterNames): readonly string[] {
  const found = names.find('Service', service);
  if (found.outcome !== 'one') return [];
  const selector = (found.object as KindMap['Service']).spec?.selector;
  if (selector === undefined) return [];
  return names.objects.flatMap((object) => {
    const { template } = ('spec' in object ? object.spec ?? {} : {}) as { template?: { metadata?: { labels?: Readonly<Record<string, string>> } } };
    const labels = template?.metadata?.labels ?? {};
    if (object.metadata.namespace !== found.object.metadata.namespace || !Object.entries(selector).every(([key, value]) => labels[key] === value)) return [];
    return containersOf(object).flatMap(({ image }) => names.program(splitImage(image).repository)?.kind ?? []);
  });
}
