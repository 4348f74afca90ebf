import { expect, test } from 'vitest';
import { textOfBytes } from '../../../src/cluster/shell/streams.ts';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** Something that does not belong into a container and takes what its program needs: it is to be seen there, and to be killed. */

function pods(day: Night): string[] {
  return day.drill.cluster.plane.store.list('Pod', 'shop').flatMap(({ metadata }) => (metadata.labels?.['app'] === 'pricing' && metadata.deletionTimestamp === undefined ? [metadata.name] : []));
}

/** As `kubectl exec POD -- sh -c SCRIPT`. */
function inside(day: Night, pod: string, script: string): string {
  let out = '';
  const started = day.drill.cluster.processes.exec({ namespace: 'shop', pod, container: 'pricing' }, ['sh', '-c', script], { stdin: false, tty: false }, { stdout: (bytes) => (out += textOfBytes(bytes)), stderr: () => undefined, exited: () => undefined });
  expect(started.ok).toBe(true);
  day.wait('2s');
  return out;
}

function p95(day: Night): number {
  return day.drill.cluster.metrics.recent('http.p95', 'shop/pricing', 1)[0] ?? 0;
}

const MINER = '/tmp/.cache/kdevtmpfsi';

function mined(): { day: Night; calmMs: number; struck: string[]; end: () => void } {
  const day = aLabDay().until('1m');
  // More pods come when the autoscaler sees what their CPU is taken for; those are well.
  const struck = pods(day);
  const calmMs = p95(day);
  const end = day.drill.cluster.beginFault('cpu-stress', 'deployment/shop/pricing', { factor: 20, by: 'process' });
  day.until('3m');
  return { day, calmMs, struck, end };
}

test('it is among the processes, takes the CPU of the container, and leaves it when it is killed', () => {
  const { day, calmMs, struck } = mined();
  expect(p95(day)).toBeGreaterThan(calmMs * 5);
  expect(day.drill.cluster.usage('pod', 'shop', struck[0] ?? '')?.cpuMilli).toBeGreaterThan(400);
  for (const pod of struck) {
    expect(inside(day, pod, 'ps')).toContain(MINER);
    inside(day, pod, 'kill $(pgrep kdevtmpfsi)');
    expect(inside(day, pod, 'ps')).not.toContain(MINER);
  }
  day.until('8m');
  expect(p95(day)).toBeLessThan(calmMs * 2 + 50);
  expect(day.drill.cluster.changes.entries.some(({ what }) => what.includes('pricing'))).toBe(false);
});

test('a pod that goes takes it along', () => {
  const { day, calmMs } = mined();
  day.drill.command('responder-1', 'kubectl -n shop rollout restart deploy/pricing');
  day.until('9m');
  expect(p95(day)).toBeLessThan(calmMs * 2 + 50);
  expect(pods(day).some((pod) => inside(day, pod, 'ps').includes(MINER))).toBe(false);
});

test('ended, it is gone', () => {
  const { day, calmMs, end } = mined();
  end();
  expect(pods(day).some((pod) => inside(day, pod, 'ps').includes(MINER))).toBe(false);
  day.until('8m');
  expect(p95(day)).toBeLessThan(calmMs * 2 + 50);
});

test('the kernel ends a container whose memory it takes, once', () => {
  const day = aLabDay().until('1m');
  day.drill.cluster.beginFault('memory-hog', 'deployment/shop/pricing', { mib: 400, by: 'process' });
  day.until('4m');
  const restarts = day.drill.cluster.plane.store.list('Pod', 'shop').filter(({ metadata }) => metadata.labels?.['app'] === 'pricing').map(({ status }) => status?.containerStatuses?.[0]);
  expect(restarts.map((status) => [status?.restartCount, status?.lastState?.terminated?.reason])).toEqual([[1, 'OOMKilled'], [1, 'OOMKilled']]);
});

test('below the limit it stays, and its pods use more', () => {
  const day = aLabDay().until('1m');
  const [pod = ''] = pods(day);
  const before = day.drill.cluster.usage('pod', 'shop', pod)?.memoryMiB ?? 0;
  day.drill.cluster.beginFault('memory-hog', 'deployment/shop/pricing', { mib: 60, by: 'process', process: 'python3 /srv/report.py' });
  day.until('3m');
  expect((day.drill.cluster.usage('pod', 'shop', pod)?.memoryMiB ?? 0) - before).toBeCloseTo(60, -1);
  expect(inside(day, pod, 'ps')).toContain('python3 /srv/report.py');
});

test('a quota that an agent of the nodes has written stands in the cgroup, not in the limits; it goes with the container, once the agent is gone', () => {
  const day = aLabDay().until('1m');
  const [calm = ''] = pods(day);
  expect(inside(day, calm, 'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/memory.max')).toBe('50000 100000\n268435456\n');
  day.drill.cluster.beginFault('cpu-throttled', 'deployment/shop/pricing', { factor: 0.02 });
  day.until('4m');
  expect(inside(day, calm, 'cat /sys/fs/cgroup/cpu.max')).toBe('1000 100000\n');
  const [, periods = '0', throttled = '0'] = /nr_periods (\d+)\nnr_throttled (\d+)/.exec(inside(day, calm, 'cat /sys/fs/cgroup/cpu.stat')) ?? [];
  expect(Number(throttled) / Number(periods)).toBeGreaterThan(0.9);
  day.drill.command('responder-1', 'kubectl -n kube-system delete daemonset cpu-governor');
  day.until('5m');
  expect(inside(day, calm, 'cat /sys/fs/cgroup/cpu.max')).toBe('1000 100000\n');
  day.drill.command('responder-1', 'kubectl -n shop rollout restart deploy/pricing');
  day.until('8m');
  expect(pods(day).map((pod) => inside(day, pod, 'cat /sys/fs/cgroup/cpu.max'))).toEqual(pods(day).map(() => '50000 100000\n'));
});
