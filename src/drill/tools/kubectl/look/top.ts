import { compareTexts } from '../../../../time/text-order.ts';
import type { KindMap } from '../../../../cluster/objects.ts';
import { isAllNamespaces, serverError, targetName } from '../call.ts';
import type { Call } from '../call.ts';
import type { Usage } from '../context.ts';
import { percent } from '../describe/node.ts';
import { kindOf } from '../kinds.ts';
import { cpuMillis, quantityBytes } from '../../../../cluster/quantity.ts';
import { table } from '../layout/tab-writer.ts';
import { labelSelector } from '../targets.ts';
import { nothingFound } from './get.ts';

interface Row {
  readonly cells: readonly string[];
  readonly name: string;
  readonly usage: Usage;
}

const MIB = 1_048_576;

/** `kubectl top pods|nodes`: what is used now. */
export function top(call: Call): void {
  const { answer, args } = call;
  const [type, name] = (args[0] ?? '').includes('/') ? (args[0] as string).split('/') : args;
  if (type === undefined || type === '') return answer.fail('error: say what to measure: kubectl top pods, or kubectl top nodes');
  const kind = kindOf(type, call.api);
  if (kind === 'Pod') return show(call, 'pod', name, podRows(call, name));
  if (kind === 'Node') return show(call, 'node', name, nodeRows(call, name));
  return answer.fail(`error: unknown command "${type}" for "kubectl top"\n\nDid you mean this?\n\tpod\n\tnode`);
}

function show(call: Call, kind: 'pod' | 'node', name: string | undefined, rows: readonly Row[] | null): void {
  const { answer, flags } = call;
  const by = flags.value('sort-by');
  if (by !== null && by !== 'cpu' && by !== 'memory') return answer.fail('error: --sort-by accepts only cpu or memory');
  if (rows === null) return;
  answer.observed({ kind: 'metrics', target: name === undefined ? `${kind}s` : targetName(kind === 'pod' ? 'Pod' : 'Node', name), tool: 'kubectl top' });
  if (rows.length === 0) return answer.print(nothingFound(call, kind === 'pod'));
  const sorted = [...rows].sort((left, right) =>
    (by === 'cpu' ? right.usage.cpuMilli - left.usage.cpuMilli : by === 'memory' ? right.usage.memoryMiB - left.usage.memoryMiB : 0) || compareTexts(left.name, right.name));
  const head = kind === 'pod' ? ['NAME', 'CPU(cores)', 'MEMORY(bytes)'] : ['NAME', 'CPU(cores)', 'CPU(%)', 'MEMORY(bytes)', 'MEMORY(%)'];
  if (kind === 'pod' && isAllNamespaces(call)) head.unshift('NAMESPACE');
  answer.print(...table(flags.on('no-headers') ? null : head, sorted.map(({ cells }) => cells)));
}

function podRows(call: Call, name: string | undefined): readonly Row[] | null {
  const pods = chosen(call, 'Pod', name);
  if (pods === null) return null;
  const rows: Row[] = [];
  for (const pod of pods) {
    const namespace = pod.metadata.namespace ?? '';
    const usage = call.context.usage('pod', namespace, pod.metadata.name);
    if (usage === null) continue;
    const cells = [pod.metadata.name, `${Math.round(usage.cpuMilli)}m`, `${Math.round(usage.memoryMiB)}Mi`];
    rows.push({ cells: isAllNamespaces(call) ? [namespace, ...cells] : cells, name: `${namespace}/${pod.metadata.name}`, usage });
  }
  if (rows.length === 0 && pods.length > 0) {
    call.answer.fail(name === undefined ? 'error: metrics not available yet' : `Error from server (NotFound): podmetrics.metrics.k8s.io "${call.namespace}/${name}" not found`);
    return null;
  }
  return rows;
}

function nodeRows(call: Call, name: string | undefined): readonly Row[] | null {
  const nodes = chosen(call, 'Node', name);
  if (nodes === null) return null;
  const rows: Row[] = [];
  for (const node of nodes) {
    const usage = call.context.usage('node', '', node.metadata.name);
    if (usage === null) continue;
    const cpu = cpuMillis(node.status?.allocatable?.['cpu']);
    const memoryMiB = quantityBytes(node.status?.allocatable?.['memory']) / MIB;
    rows.push({
      cells: [node.metadata.name, `${Math.round(usage.cpuMilli)}m`, percent(usage.cpuMilli, cpu), `${Math.round(usage.memoryMiB)}Mi`, percent(usage.memoryMiB, memoryMiB)],
      name: node.metadata.name, usage,
    });
  }
  if (rows.length === 0 && nodes.length > 0) {
    call.answer.fail('error: metrics not available yet');
    return null;
  }
  return rows;
}

function chosen<K extends 'Pod' | 'Node'>(call: Call, kind: K, name: string | undefined): readonly KindMap[K][] | null {
  const namespace = kind === 'Node' ? '' : call.namespace;
  if (name !== undefined) {
    const result = call.api.get(kind, namespace, name);
    if (result.ok) return [result.object];
    call.answer.fail(serverError(result.status));
    return null;
  }
  const selector = labelSelector(call);
  if (selector === null) return null;
  return call.api.list(kind, kind === 'Node' || isAllNamespaces(call) ? null : namespace, selector);
}
