import type { KindMap } from './objects.ts';
import { parseQuantity } from './quantity.ts';

/**
 * What a pod asks for (or is limited to) by resource: its containers and sidecars together, or the largest step of its
 * initialisation where that is more. Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podRequests(pod: KindMap['Pod'], field: 'requests' | 'limits' = 'requests'): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { resources } of pod.spec?.containers ?? []) add(sums, resources?.[field]);
  const initial = pod.spec?.initContainers;
  if (initial === undefined) return sums;
  const sidecars: Record<string, number> = {};
  const peaks: Record<string, number> = {};
  for (const { resources, restartPolicy } of initial) {
    const step: Record<string, number> = { ...sidecars };
    add(step, resources?.[field]);
    for (const resource of Object.keys(step)) peaks[resource] = Math.max(peaks[resource] ?? 0, step[resource] as number);
    if (restartPolicy === 'Always') add(sidecars, resources?.[field]);
  }
  for (const resource of Object.keys(sidecars)) sums[resource] = (sums[resource] ?? 0) + (sidecars[resource] as number);
  for (const resource of Object.keys(peaks)) sums[resource] = Math.max(sums[resource] ?? 0, peaks[resource] as number);
  return sums;
}

function add(sums: Record<string, number>, quantities: Readonly<Record<string, string>> | undefined): void {
  if (quantities === undefined) return;
  for (const resource of Object.keys(quantities)) sums[resource] = (sums[resource] ?? 0) + (parseQuantity(quantities[resource] as string) ?? 0);
}
