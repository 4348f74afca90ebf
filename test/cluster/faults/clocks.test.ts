import { expect, test } from 'vitest';
import { onNode } from '../../support/a-node-shell.ts';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** A node whose clock is wrong: its own tools say so, and whatever sets it right or leaves the node cures. */

function failing(day: Night): number {
  return Math.max(...['pricing', 'storefront'].map((name) => day.drill.cluster.metrics.recent('http.errors', `shop/${name}`, 1)[0] ?? 0));
}

function drifting(settings: Record<string, number | boolean> = {}): { day: Night; on: (script: string) => string } {
  const day = aLabDay().until('10s');
  day.drill.cluster.beginFault('clock-drift', 'worker-2', settings);
  day.until('2m');
  return {
    day,
    on: (script) => {
      const said = onNode(day.drill.cluster, 'worker-2', script);
      day.wait('20s');
      return said();
    },
  };
}

test('its date is another than the cluster’s, and what keeps it right does not run', () => {
  const { day, on } = drifting();
  expect(failing(day)).toBeGreaterThan(0.1);
  const { clock } = day.drill.cluster.plane;
  const ahead = Number(on('date +%s')) - clock.unixMs(clock.nowMs) / 1000;
  expect(ahead).toBeGreaterThan(250);
  expect(ahead).toBeLessThan(301);
  expect(on('systemctl is-active chrony')).toContain('inactive');
  expect(on('chronyc tracking')).toContain('506 Cannot talk to daemon');
});

test.each([['systemctl restart chronyd'], ['systemctl start chrony'], ['timedatectl set-ntp true']])('%s cures it', (line) => {
  const { day, on } = drifting({ behind: true });
  expect(day.drill.cluster.everyLog().some(({ text }) => text.includes('401 token is expired'))).toBe(true);
  on(line);
  day.until('4m');
  expect(failing(day)).toBeLessThan(0.02);
});

test('pods that leave the node are well', () => {
  const { day } = drifting();
  day.drill.command('responder-1', 'kubectl drain worker-2 --ignore-daemonsets --delete-emptydir-data');
  day.until('6m');
  expect(failing(day)).toBeLessThan(0.02);
});

test('half a minute is forgiven', () => {
  const { day } = drifting({ offset: 30_000 });
  expect(failing(day)).toBeLessThan(0.02);
});
