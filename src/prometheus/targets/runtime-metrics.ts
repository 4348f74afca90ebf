import { collectorOf, JVM_OPTIONS } from '../../cluster/traffic/collector.ts';
import type { PodFlow } from '../../cluster/traffic/graph.ts';
import type { Page } from '../page.ts';

const GO_VERSION = 'go1.24.6';
const JVM = { vendor: 'Eclipse Adoptium', version: '21.0.8+9-LTS', runtime: 'OpenJDK Runtime Environment' };
const NODE = { version: 'v24.11.1', major: '24', minor: '11', patch: '1' };

/**
 * What the client library of a program's language says of its runtime. What nobody tuned as a JVM or for Node is a
 * binary of Go, as a look into its container finds it. `memoryBytes` is the process's own.
 */
export function runtimeMetrics(page: Page, pod: PodFlow, memoryBytes: number): void {
  const { environment, threads, wear, hardship } = pod;
  const paused = Math.max(wear.collecting, hardship.pauses);
  const heapBytes = Math.round(memoryBytes * 0.7);
  const limitMiB = Math.min(wear.limitMiB, collectorOf(environment, wear.limitMiB).heapMiB, pod.variant.program.memory?.heapMiB ?? Infinity);
  let inside = threads.backlog;
  for (const requests of threads.inside) inside += requests;
  if (JVM_OPTIONS.some((name) => environment.has(name))) {
    page.gauge('jvm_info', 'VM version info', JVM, 1);
    page.gauge('jvm_memory_used_bytes', 'Used bytes of a given JVM memory area.', { area: 'heap' }, heapBytes);
    page.gauge('jvm_memory_used_bytes', '', { area: 'nonheap' }, memoryBytes - heapBytes);
    if (limitMiB < Infinity) page.gauge('jvm_memory_max_bytes', 'Max (bytes) of a given JVM memory area.', { area: 'heap' }, Math.round(limitMiB * 1_048_576));
    page.gauge('jvm_threads_current', 'Current thread count of a JVM', {}, 18 + threads.places);
    page.gauge('jvm_gc_overhead', 'The fraction of the available CPU time that garbage collections take.', {}, paused);
  } else if (environment.has('NODE_OPTIONS')) {
    page.gauge('nodejs_version_info', 'Node.js version info.', NODE, 1);
    page.gauge('nodejs_heap_size_used_bytes', 'Process heap size used from Node.js in bytes.', {}, heapBytes);
    page.gauge('nodejs_active_requests_total', 'Total number of active requests.', {}, Math.round(inside));
    page.gauge('nodejs_gc_overhead', 'The fraction of the available CPU time that garbage collections take.', {}, paused);
  } else {
    page.gauge('go_info', 'Information about the Go environment.', { version: GO_VERSION }, 1);
    page.gauge('go_goroutines', 'Number of goroutines that currently exist.', {}, 12 + Math.round(inside) + Math.round(wear.files / 8));
    page.gauge('go_threads', 'Number of OS threads created.', {}, 7 + Math.round(wear.stuckThreads));
    page.gauge('go_memstats_heap_inuse_bytes', 'Number of heap bytes that are in use.', {}, heapBytes);
    page.gauge('go_memstats_gc_cpu_fraction', "The fraction of this program's available CPU time used by the GC since the program started.", {}, paused);
  }
}
