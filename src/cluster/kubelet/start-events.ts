import type { EventRecorder } from '../event-recorder.ts';
import type { KindMap } from '../objects.ts';

/** What a kubelet says when it starts, as `kubectl describe node` shows it. */
export function sayStarted(events: EventRecorder, node: KindMap['Node']): void {
  const { name } = node.metadata;
  const kubelet = { component: 'kubelet', host: name };
  events.record(node, 'Normal', 'Starting', 'Starting kubelet.', kubelet);
  events.record(node, 'Warning', 'InvalidDiskCapacity', 'invalid capacity 0 on image filesystem', kubelet);
  for (const reason of ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']) events.record(node, 'Normal', reason, `Node ${name} status is now: ${reason}`, kubelet);
  events.record(node, 'Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods', kubelet);
}
