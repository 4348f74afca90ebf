import type { KindMap } from '../objects.ts';
import { cpuMillis } from '../quantity.ts';
import { containerTarget } from '../traffic/hardship.ts';
import type { Host } from './host.ts';

type Pod = KindMap['Pod'];

/** By node: what was written over the CPU quotas of its containers, by how levers name them. Such a quota lasts as long as its container. */
const WRITTEN = new WeakMap<Host, Map<string, () => void>>();

/** Gives the first container of a pod that runs on a node this quota of the kernel's periods, instead of that of its limits. */
export function writeQuota(host: Host, pod: Pod, quotaUs: number, periodUs: number): void {
  const written = WRITTEN.get(host) ?? new Map<string, () => void>();
  WRITTEN.set(host, written);
  const target = targetOf(pod);
  const granted = cpuMillis(pod.spec?.containers[0]?.resources?.limits?.['cpu']) || UNLIMITED;
  const factor = quotaUs <= 0 ? 1 : Math.max(quotaUs, LEAST_US) / periodUs / (granted / 1_000);
  written.get(target)?.();
  written.delete(target);
  if (Math.abs(factor - 1) > 1e-6) written.set(target, host.world.conditions.adjust('cpu-limit', target, factor));
}

/** Puts the quotas of a pod's container back to what its limits say. */
export function liftQuota(host: Host, pod: Pod): void {
  const target = targetOf(pod);
  WRITTEN.get(host)?.get(target)?.();
  WRITTEN.get(host)?.delete(target);
}

function targetOf({ metadata, status }: Pod): string {
  return containerTarget(metadata.uid ?? '', status?.containerStatuses?.[0]?.restartCount ?? 0);
}

/** A container without a limit may use so many thousandths of a core; no quota is smaller than a millisecond. */
const UNLIMITED = 4_000;
const LEAST_US = 1_000;
