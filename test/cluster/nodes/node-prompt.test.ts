import { expect, test } from 'vitest';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

const day = aLabDay().until('10s');
const says = (line: string, on: Night = day): string => on.drill.command('responder-1', line).text.join('\n');
const onNode = (node: string, command: string): string => says(`kubectl debug node/${node} -it --image=busybox -- chroot /host ${command}`).split('\n').slice(1).join('\n');

test('the prompt’s own kubectl runs one command on a node', () => {
  expect(says('kubectl debug node/worker-1 --image=busybox -- chroot /host hostname')).toMatch(/^Creating debugging pod node-debugger-worker-1-\w{5} with container debugger on node worker-1\.\nworker-1$/);
  expect(onNode('worker-1', 'sh -c "ps aux | grep kubelet | wc -l"')).toBe('1');
  expect(onNode('worker-1', 'systemctl is-active kubelet')).toBe('active');
});

test('what it changes there is changed, and can be ended', () => {
  day.drill.cluster.beginFault('node-cpu-stress', 'worker-2', { cores: 60 });
  expect(onNode('worker-2', 'sh -c "ps aux --sort=-%cpu | sed -n 2p"')).toMatch(/^root +\d+ +\d{3}\.\d .* xz -9 -T60 --keep/);
  const pid = onNode('worker-2', 'pgrep xz');
  expect(onNode('worker-2', `sh -c "kill ${pid}"`)).toBe('');
  expect(day.drill.cluster.traffic.conditions.moves('node-cpu')).toBe(false);
});

test('says what a node that nobody tends would', () => {
  onNode('worker-3', 'systemctl stop kubelet');
  expect(onNode('worker-3', 'hostname')).toBe('error: timed out waiting for the condition');
  expect(onNode('worker-1', 'ssh worker-3 systemctl start kubelet')).toBe('');
  expect(onNode('worker-3', 'hostname')).toBe('worker-3');
});

test.each([
  ['kubectl debug node/worker-9 --image=busybox -- id', /nodes "worker-9" not found/],
  ['kubectl debug node/worker-1 -- id', /you must specify --image/],
  ['kubectl debug node/worker-1 -it --image=busybox', /there is no terminal at this prompt/],
  ['kubectl debug node/worker-1 -it --image=busybox -- chroot /host', /there is no terminal at this prompt/],
  ['kubectl -n shop debug redis --image=busybox -- id', /only nodes can be debugged at this prompt/],
])('%s', (line, refusal) => expect(says(line)).toMatch(refusal));
