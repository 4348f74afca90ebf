import { expect, test } from 'vitest';
import { aCalmDay, type Night } from '../../support/a-drill.ts';

/** The share of its node that the program takes, as `top` in its container says, and the share of the node that is idle. */
function top({ drill }: Night): { readonly own: number; readonly idle: number } {
  const screen = drill.command('responder-1', 'kubectl -n shop exec deploy/storefront -- top -b -n 1').text.join('\n');
  expect(screen).toMatch(/^ *PID +PPID USER +STAT +VSZ %VSZ CPU %CPU COMMAND$/m);
  return { own: Number(/^ +1 +0 root +[RS] +\d+ +\d+% +0 +(\d+)% /m.exec(screen)?.[1]), idle: Number(/(\d+)% idle/.exec(screen)?.[1]) };
}

test('a program that burns its cores is seen doing so from inside of its container', () => {
  const day = aCalmDay().until('1m');
  const calm = top(day);
  expect(calm.own).toBeLessThan(20);
  day.drill.cluster.beginFault('load-spike', 'shop/storefront', { factor: 6 });
  const busy = top(day.wait('90s'));
  expect(busy.own).toBeGreaterThan(calm.own);
  expect(busy.idle).toBeLessThan(calm.idle);
});
