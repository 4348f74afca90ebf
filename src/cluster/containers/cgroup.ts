import type { Container as ContainerSpec } from 'kubernetes-types/core/v1';
import { cpuMillis, quantityBytes } from '../quantity.ts';
import { type Folder, folder, type PlainFile } from '../shell/file-system.ts';
import type { PodFlow } from '../traffic/graph.ts';

/** The kernel hands out CPU in periods of so many microseconds. */
const PERIOD_US = 100_000;

/** What a container finds at its own place of the kernel's control groups (version 2), read when somebody looks. */
export function cgroupFolder(spec: ContainerSpec, flow: () => PodFlow | undefined, ageMs: () => number): Folder {
  const limits = spec.resources?.limits ?? {};
  const files: Readonly<Record<string, () => string>> = {
    'cgroup.controllers': () => 'cpuset cpu io memory hugetlb pids rdma misc\n',
    'cpu.max': () => {
      const milli = cpuMillis(limits['cpu']);
      const factor = flow()?.hardship.coresFactor ?? 1;
      return milli > 0 || factor < 1 ? `${Math.max(1_000, Math.round((milli > 0 ? milli : 4_000) * (PERIOD_US / 1_000) * factor))} ${PERIOD_US}\n` : `max ${PERIOD_US}\n`;
    },
    'cpu.weight': () => `${Math.max(1, Math.round(cpuMillis(spec.resources?.requests?.['cpu']) * 0.039))}\n`,
    'cpu.stat': () => cpuStat(flow(), ageMs(), cpuMillis(limits['cpu']) > 0),
    'memory.max': () => `${quantityBytes(limits['memory']) || 'max'}\n`,
    'memory.current': () => `${Math.round((flow()?.wear.usedMiB ?? 4) * 1_048_576)}\n`,
    'pids.max': () => '4915\n',
  };
  const root = folder(0);
  for (const [name, read] of Object.entries(files)) root.entries.set(name, liveFile(read));
  return root;
}

/** As long as it has run, at what it does now. */
function cpuStat(flow: PodFlow | undefined, ageMs: number, limited: boolean): string {
  const cores = flow === undefined ? 0 : flow.cores * flow.given;
  const demand = flow?.cpuDemand ?? 0;
  const load = cores > 0 ? demand / cores : 0;
  const share = flow === undefined || !limited ? 0 : load >= 1 ? 1 : load <= 0.02 ? 0 : flow.cpuTable.waitProbability(load);
  const usageUs = Math.round(Math.min(demand, cores) * ageMs * 1_000);
  const periods = limited ? Math.floor((ageMs * 1_000) / PERIOD_US) : 0;
  const throttledUs = Math.round(share * Math.max(0.1, Math.min(1, load - 0.5)) * ageMs * 1_000);
  return `usage_usec ${usageUs}\nuser_usec ${Math.round(usageUs * 0.8)}\nsystem_usec ${Math.round(usageUs * 0.2)}\nnr_periods ${periods}\nnr_throttled ${Math.floor(periods * share)}\nthrottled_usec ${throttledUs}\nnr_bursts 0\nburst_usec 0\n`;
}

/** Nobody in a container writes to it. */
function liveFile(read: () => string): PlainFile {
  return {
    type: 'file', mode: 0o444, uid: 0, changedAtMs: 0,
    get bytes() {
      return read();
    },
    set bytes(_: string) {
      // Mounted read-only.
    },
  };
}
