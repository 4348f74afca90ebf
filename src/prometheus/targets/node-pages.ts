import type { KindMap } from '../../cluster/objects.ts';
import { cpuMillis, quantityBytes } from '../../cluster/quantity.ts';
import type { Measured } from '../measured.ts';
import { Page } from '../page.ts';

type Node = KindMap['Node'];

/** The kernel hands out CPU in periods of so many microseconds. */
const CPU_PERIOD_US = 100_000;
/** A node was started so long before its cluster was furnished. */
const UPTIME_S = 40 * 86_400;

/** What the kubelet's cAdvisor says of the containers of a node. */
export function cadvisorPage(measured: Measured, node: Node): Page {
  const { store, meters, clock, usage } = measured;
  const page = new Page();
  const since = meters.since(clock.nowMs);
  for (const pod of store.list('Pod', null)) {
    if (pod.spec?.nodeName !== node.metadata.name) continue;
    const container = pod.spec.containers[0];
    const used = usage('pod', pod.metadata.namespace ?? '', pod.metadata.name);
    if (container === undefined || pod.status?.containerStatuses?.[0]?.state?.running === undefined) continue;
    const labels = { container: container.name, image: container.image ?? '', namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name };
    const meter = meters.pods.get(pod.metadata.uid ?? '');
    if (meter !== undefined) {
      const cpu = meter.cpu(since);
      page.counter('container_cpu_usage_seconds_total', 'Cumulative cpu time consumed in seconds.', { ...labels, cpu: 'total' }, cpu.cpuS);
      if (meter.pod.limited) page.counter('container_cpu_cfs_periods_total', 'Number of elapsed enforcement period intervals.', labels, cpu.periods);
      if (meter.pod.limited) page.counter('container_cpu_cfs_throttled_periods_total', 'Number of throttled period intervals.', labels, cpu.throttledPeriods);
      if (meter.pod.limited) page.counter('container_cpu_cfs_throttled_seconds_total', 'Total time duration the container has been throttled.', labels, cpu.throttledS);
      page.gauge('container_start_time_seconds', 'Start time of the container since unix epoch in seconds.', labels, clock.unixMs(meter.pod.startedAtMs) / 1000);
    }
    const memory = (used?.memoryMiB ?? 4) * 1_048_576;
    page.gauge('container_memory_working_set_bytes', 'Current working set in bytes.', labels, memory);
    page.gauge('container_memory_rss', 'Size of RSS in bytes.', labels, memory * 0.9);
    const { limits } = container.resources ?? {};
    page.gauge('container_spec_memory_limit_bytes', 'Memory limit for the container.', labels, quantityBytes(limits?.['memory']));
    page.gauge('container_spec_cpu_period', 'CPU period of the container.', labels, CPU_PERIOD_US);
    if (limits?.['cpu'] !== undefined) page.gauge('container_spec_cpu_quota', 'CPU quota of the container.', labels, Math.round(cpuMillis(limits['cpu']) * 100 * (meter?.pod.hardship.coresFactor ?? 1)));
  }
  page.gauge('machine_cpu_cores', 'Number of logical CPU cores.', {}, cpuMillis(node.status?.capacity?.['cpu']) / 1000);
  page.gauge('machine_memory_bytes', 'Amount of memory installed on the machine.', {}, quantityBytes(node.status?.capacity?.['memory']));
  return page;
}

/** What node_exporter says of a node. */
export function nodeExporterPage(measured: Measured, node: Node): Page {
  const { meters, clock, usage, traffic } = measured;
  const { name } = node.metadata;
  const page = new Page();
  const since = meters.since(clock.nowMs);
  const cores = Math.max(1, cpuMillis(node.status?.capacity?.['cpu']) / 1000);
  const busyS = meters.nodeCpuS(name, since) + systemS(clock.nowMs);
  const upS = UPTIME_S + clock.nowMs / 1000;
  for (const [mode, seconds] of [['user', busyS * 0.8], ['system', busyS * 0.2], ['idle', Math.max(0, upS * cores - busyS)]] as const) {
    for (let cpu = 0; cpu < cores; cpu++) page.counter('node_cpu_seconds_total', 'Seconds the CPUs spent in each mode.', { cpu: String(cpu), mode }, seconds / cores);
  }
  const machine = traffic.flow.machines.nodes.get(name);
  page.gauge('node_load1', '1m load average.', {}, machine?.demand ?? 0);
  const memory = quantityBytes(node.status?.capacity?.['memory']);
  page.gauge('node_memory_MemTotal_bytes', 'Memory information field MemTotal_bytes.', {}, memory);
  page.gauge('node_memory_MemAvailable_bytes', 'Memory information field MemAvailable_bytes.', {}, Math.max(0, memory - (usage('node', '', name)?.memoryMiB ?? 0) * 1_048_576));
  const disk = quantityBytes(node.status?.capacity?.['ephemeral-storage']);
  if (disk > 0) {
    const full = node.status?.conditions?.some(({ type, status }) => type === 'DiskPressure' && status === 'True') === true;
    const mount = { device: '/dev/vda1', fstype: 'ext4', mountpoint: '/' };
    page.gauge('node_filesystem_size_bytes', 'Filesystem size in bytes.', mount, disk);
    page.gauge('node_filesystem_avail_bytes', 'Filesystem space available to non-root users in bytes.', mount, disk * (full ? 0.04 : 0.62));
  }
  const table = machine?.table ?? CONNTRACK_LIMIT;
  page.gauge('node_nf_conntrack_entries', 'Number of currently allocated flow entries for connection tracking.', {}, Math.min(table, Math.round(table * (machine?.connections ?? 0)) + 900));
  page.gauge('node_nf_conntrack_entries_limit', 'Maximum size of connection tracking table.', {}, table);
  page.gauge('node_boot_time_seconds', 'Node boot time, in unixtime.', {}, clock.unixMs(0) / 1000 - UPTIME_S);
  const aheadS = traffic.conditions.sum('clock-skew', name) / 1000;
  page.gauge('node_time_seconds', 'System time in seconds since epoch (1970).', {}, clock.unixMs(clock.nowMs) / 1000 + aheadS);
  page.gauge('node_timex_offset_seconds', 'Time offset in between local system and reference clock.', {}, aheadS);
  page.gauge('node_timex_sync_status', 'Is clock synchronized to a reliable server (1 = yes, 0 = no).', {}, aheadS === 0 ? 1 : 0);
  return page;
}

const CONNTRACK_LIMIT = 131_072;

/** What a node's own programs take: a tenth of a core. */
function systemS(nowMs: number): number {
  return (UPTIME_S + nowMs / 1000) * 0.09;
}
