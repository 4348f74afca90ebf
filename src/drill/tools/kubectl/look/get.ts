import { compareTexts } from '../../../../time/text-order.ts';
import { type CustomKind, isCustomKind, resourceOf } from '../../../../cluster/custom-kind.ts';
import { customCells } from '../../../../cluster/printers/custom-table.ts';
import type { Kind, KindMap, KubeObject } from '../../../../cluster/objects.ts';
import { isAllNamespaces, targetName } from '../call.ts';
import type { Call } from '../call.ts';
import { joinLabels } from '../../../../cluster/printers/fields.ts';
import { compileJsonPath } from '../layout/json-path.ts';
import { table } from '../layout/tab-writer.ts';
import { customResources, printedKind } from '../kinds.ts';
import { lastSeen, tableOf } from '../../../../cluster/printers/tables.ts';
import { wideOrderOf, type KindTable } from '../../../../cluster/printers/kind-table.ts';
import { find, readTargets } from '../targets.ts';
import type { Found, Target } from '../targets.ts';
import { renderOutput } from './output.ts';

/** `kubectl get`: objects as tables, or whole in the format of `-o`. */
export function get(call: Call): void {
  const { answer, args, flags } = call;
  if (flags.on('watch') || flags.on('watch-only')) {
    return answer.fail('error: watching does not end here. Ask again without --watch; every answer is up to date.');
  }
  if (args.length === 0) {
    return answer.fail('You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nSee \'kubectl get -h\' for help and examples');
  }
  const targets = readTargets(call.api, args);
  if ('error' in targets) return answer.fail(targets.error);
  const found = find(call, targets);
  if (found === null) return;
  const output = flags.value('output') ?? '';
  const sorted = sortFound(call, found);
  if (sorted === null) return;
  answer.observed({ kind: 'state', target: observedTarget(targets), tool: /^(?:ya?ml|json)$/.test(output) ? `kubectl get -o ${output}` : 'kubectl get' });
  if (output !== '' && output !== 'wide') return renderOutput(call, output, sorted);
  printTables(call, targets, sorted, output === 'wide');
}

/** How the timeline names what was looked at: `deployment/checkout`, `pods`, `*`. */
export function observedTarget(targets: readonly Target[]): string {
  const [first, ...others] = targets;
  if (first === undefined || others.some(({ kind }) => kind !== first.kind)) return '*';
  return others.length > 0 || first.name === null ? resourceOf(first.kind).plural : targetName(first.kind, first.name);
}

export function nothingFound(call: Call, namespaced: boolean): string {
  return namespaced && !isAllNamespaces(call) ? `No resources found in ${call.namespace} namespace.` : 'No resources found';
}

function printTables(call: Call, targets: readonly Target[], found: readonly Found[], wide: boolean): void {
  const { answer } = call;
  const shown = found.filter(({ objects }) => objects.length > 0);
  if (shown.length === 0) {
    if (targets.some(({ name }) => name === null)) answer.print(nothingFound(call, targets.some(({ kind }) => resourceOf(kind).namespaced)));
    return;
  }
  const withKind = shown.length > 1 || call.flags.on('show-kind');
  for (const [at, group] of shown.entries()) {
    if (at > 0) answer.print('');
    answer.print(...kindTable(call, group, { wide, withKind }));
  }
}

function kindTable<K extends Kind>(call: Call, { kind, objects }: Found<K>, { wide, withKind }: { readonly wide: boolean; readonly withKind: boolean }): string[] {
  const { flags } = call;
  const printer = (isCustomKind(kind) ? customTable(call, kind) : tableOf(kind)) as KindTable<K>;
  const inAllNamespaces = isAllNamespaces(call) && resourceOf(kind).namespaced;
  const all = [...printer.columns, ...printer.wide];
  const order = wide ? wideOrderOf(printer) : printer.columns.map((_, at) => at);
  const ownLabels = flags.values('label-columns').flatMap((text) => text.split(','));
  const head = [
    ...(inAllNamespaces ? ['NAMESPACE'] : []), ...order.map((at) => all[at] as string),
    ...ownLabels.map((label) => (label.split('/').at(-1) as string).toUpperCase()), ...(flags.on('show-labels') ? ['LABELS'] : []),
  ];
  const rows = objects.map((object: KubeObject) => {
    const cells = printer.row(object as KindMap[K], call.nowUnixMs);
    const [first = '', ...others] = order.map((at) => cells[at] ?? '');
    return [
      ...(inAllNamespaces ? [object.metadata.namespace ?? ''] : []),
      withKind && kind !== 'Event' ? `${printedKind(kind)}/${first}` : first, ...others,
      ...ownLabels.map((label) => object.metadata.labels?.[label] ?? ''), ...(flags.on('show-labels') ? [joinLabels(object.metadata.labels)] : []),
    ];
  });
  return table(flags.on('no-headers') ? null : head, rows);
}

/** The table that the definition of a custom kind describes. */
function customTable({ api }: Call, kind: CustomKind): KindTable<CustomKind> {
  const version = customResources(api).find((one) => one.kind === kind)?.storage;
  if (version === undefined) return tableOf(kind);
  const heads = version.columns.map(({ name }) => name.toUpperCase());
  const isWide = version.columns.map(({ priority = 0 }) => priority > 0);
  const split = <Value>(values: readonly Value[], wide: boolean): Value[] => values.filter((_, at) => isWide[at] === wide);
  return {
    columns: ['NAME', ...split(heads, false)], wide: split(heads, true), wideOrder: ['NAME', ...heads],
    row: (object, nowUnixMs) => {
      const [name, ...cells] = customCells(object, version, nowUnixMs).map((cell) => (typeof cell === 'string' ? cell : cell === null ? '' : JSON.stringify(cell)));
      return [name ?? '', ...split(cells, false), ...split(cells, true)];
    },
  };
}

/** `--sort-by=.status.startTime`: numbers by size, all else as text; objects without the field first. */
function sortFound(call: Call, found: readonly Found[]): readonly Found[] | null {
  const by = call.flags.value('sort-by');
  if (by === null) return found.map((group) => (group.kind === 'Event' ? { ...group, objects: byLastSeen(group.objects as readonly KindMap['Event'][]) } : group));
  const path = compileJsonPath(by.startsWith('{') ? by : `{${by.startsWith('.') ? '' : '.'}${by}}`);
  if ('error' in path) {
    call.answer.fail(path.error);
    return null;
  }
  return found.map((group) => {
    const keyed = group.objects.map((object) => ({ object, key: path.find(object)[0] }));
    keyed.sort((left, right) => compareValues(left.key, right.key));
    return { ...group, objects: keyed.map(({ object }) => object) };
  });
}

function compareValues(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return compareTexts(textOf(left), textOf(right));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
}

/** Oldest first: what a person who reads from the bottom expects of a log of events. */
export function byLastSeen(events: readonly KindMap['Event'][]): readonly KindMap['Event'][] {
  return [...events].sort((left, right) => lastSeenMs(left) - lastSeenMs(right));
}

function lastSeenMs(event: KindMap['Event']): number {
  return Date.parse(lastSeen(event) ?? '') || 0;
}
