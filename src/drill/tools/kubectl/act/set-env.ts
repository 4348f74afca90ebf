import type { Container, EnvVar } from 'kubernetes-types/core/v1';
import type { JsonPatchOperation } from '../../../../cluster/api.ts';
import { targetName } from '../call.ts';
import type { Call } from '../call.ts';
import { isChange } from './label.ts';
import { change, chosenContainers, containersBack, readWorkloads, type Workload } from './workloads.ts';
import { slashed } from './write.ts';

/** `kubectl set env deploy/x KEY=value OTHER-`, `--list`, `-c app`. */
export function setEnv(call: Call): void {
  const { answer, args, flags } = call;
  if (flags.given('from')) return answer.fail('error: --from is not offered here. Set the variables one by one: kubectl set env deploy/NAME KEY=value');
  const wanted = readChanges([...args.filter(isChange), ...flags.values('env')]);
  if ('error' in wanted) return answer.fail(wanted.error);
  if (wanted.changes.size === 0 && !flags.on('list')) return answer.fail('error: at least one environment variable must be provided');
  for (const workload of readWorkloads(call, args.filter((word) => !isChange(word))) ?? []) {
    if (flags.on('list')) list(call, workload);
    else apply(call, workload, wanted.changes);
  }
}

type Changes = ReadonlyMap<string, string | null>;

function readChanges(words: readonly string[]): { readonly changes: Changes } | { readonly error: string } {
  const changes = new Map<string, string | null>();
  for (const word of words) {
    const equals = word.indexOf('=');
    const key = equals < 0 ? word.replace(/-$/, '') : word.slice(0, equals);
    if (!/^[A-Za-z_.-][\w.-]*$/.test(key)) return { error: `error: invalid environment variable name "${key}": letters, digits, '_', '-' and '.', not beginning with a digit` };
    changes.set(key, equals < 0 ? null : word.slice(equals + 1));
  }
  return { changes };
}

function list(call: Call, workload: Workload): void {
  call.answer.observed({ kind: 'state', target: targetName(workload.kind, workload.metadata.name), tool: 'kubectl set env --list' });
  for (const container of chosenContainers(call, workload)) {
    if (container === null) continue;
    call.answer.print(`# ${workload.kind} ${workload.metadata.name}, container ${container.name}`);
    for (const variable of container.env ?? []) call.answer.print(listed(variable));
  }
}

function listed({ name, value, valueFrom }: EnvVar): string {
  if (valueFrom === undefined) return `${name}=${value ?? ''}`;
  const { configMapKeyRef, secretKeyRef } = valueFrom;
  const reference = configMapKeyRef ?? secretKeyRef;
  if (reference === undefined) return `# ${name} from the pod itself`;
  return `# ${name} from ${configMapKeyRef === undefined ? 'secret' : 'configmap'} ${reference.name ?? ''}, key ${reference.key}`;
}

function apply(call: Call, workload: Workload, changes: Changes): void {
  const operations: JsonPatchOperation[] = [];
  const touched: Container[] = [];
  for (const [at, container] of chosenContainers(call, workload).entries()) {
    if (container === null) continue;
    const before = container.env ?? [];
    const after = changed(before, changes);
    if (JSON.stringify(before) === JSON.stringify(after)) continue;
    touched.push(container);
    operations.push({ op: 'add', path: `/spec/template/spec/containers/${at}/env`, value: after });
  }
  change(call, workload, operations, 'env updated', wayBack(call, workload, touched, changes));
}

/** Known variables change in their place, new ones come last, as kubectl does it. */
function changed(before: readonly EnvVar[], changes: Changes): EnvVar[] {
  const after = before.filter(({ name }) => changes.get(name) !== null)
    .map((variable) => (changes.has(variable.name) && variable.value !== changes.get(variable.name) ? { name: variable.name, value: changes.get(variable.name) as string } : variable));
  for (const [name, value] of changes) {
    if (value !== null && !before.some((variable) => variable.name === name)) after.push({ name, value });
  }
  return after;
}

/** `set env` with the values before, where all containers had the same plain ones; else the containers as they were. */
function wayBack(call: Call, workload: Workload, touched: readonly Container[], changes: Changes): readonly string[] {
  const words: string[] = [];
  for (const key of changes.keys()) {
    const before = touched.map(({ env }) => env?.find(({ name }) => name === key));
    const [first] = before;
    if (before.some((variable) => variable?.valueFrom !== undefined || variable?.value !== first?.value || (variable === undefined) !== (first === undefined))) return containersBack(workload);
    words.push(first === undefined ? `${key}-` : `${key}=${first.value ?? ''}`);
  }
  const only = call.flags.value('containers');
  return ['set', 'env', slashed(workload), ...words, ...(only === null ? [] : [`--containers=${only}`])];
}
