import { compareTexts } from '../../time/text-order.ts';
import type { AccountClient } from '../containers/account-client.ts';
import { resourceOf, shownKind } from '../custom-kind.ts';
import { isJsonObject } from '../json.ts';
import { readLabelSelector } from '../label-selector.ts';
import { type Kind, type KindMap, RESOURCES } from '../objects.ts';
import { podStatus } from '../printers/pod-state.ts';
import type { Refusal } from '../refusals.ts';
import type { Call } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { writeOut } from '../shell/streams.ts';
import type { AnyObject } from '../store.ts';

/** How long one call takes: the client starts, asks what there is, and asks for that. */
const TAKES_MS = 180;

/**
 * `kubectl` in a container, as scripts there use it: get, delete, scale, patch, and rollout restart, as the ServiceAccount of
 * the pod may.
 */
export function* kubectl(call: Call): Steps {
  const { account } = call.machine;
  yield* sleep(call.task, TAKES_MS);
  if (account === undefined) return fail(call, 'The connection to the server localhost:8080 was refused - did you specify the right host or port?');
  const { flags, words } = read(call.args);
  const [verb = '', ...rest] = words;
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (run === undefined) return fail(call, `error: unknown command "${verb}" for "kubectl"`);
  const outcome = run({ account, flags, words: rest });
  if (outcome.out !== '') yield* writeOut(call.task, call.io.stdout, outcome.out);
  return outcome.error === '' ? 0 : fail(call, outcome.error);
}

interface Asked {
  readonly account: AccountClient;
  readonly flags: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

interface Outcome {
  readonly out: string;
  readonly error: string;
}

const VERBS: Readonly<Record<string, (asked: Asked) => Outcome>> = {
  get,
  delete: (asked) => each(asked, ({ account }, object) => account.delete(refOf(object)), (object) => `${nameOf(object).replace('/', ' "')}" deleted`),
  scale: (asked) => change(asked, { spec: { replicas: Number(asked.flags.get('replicas') ?? NaN) } }, 'scaled'),
  patch: (asked) => {
    const type = asked.flags.get('type') ?? 'strategic';
    if (type !== 'merge' && type !== 'strategic') return { out: '', error: `error: --type must be one of [merge strategic] in here, not ${JSON.stringify(type)}` };
    return change(asked, parsed(asked.flags.get('patch') ?? asked.flags.get('p') ?? ''), 'patched', type);
  },
  rollout: (asked) => {
    const [verb, ...words] = asked.words;
    if (verb !== 'restart') return { out: '', error: 'error: only rollout restart works in here' };
    return change({ ...asked, words }, { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': asked.account.now } } } } }, 'restarted');
  },
};

function get(asked: Asked): Outcome {
  const found = objectsOf(asked);
  if ('error' in found) return { out: '', error: found.error };
  const { flags } = asked;
  const format = flags.get('output') ?? flags.get('o') ?? '';
  if (format === 'name') return { out: found.objects.map((object) => `${nameOf(object)}\n`).join(''), error: '' };
  if (format === 'json') return { out: `${JSON.stringify({ apiVersion: 'v1', items: found.objects.map((object) => ({ ...object, kind: shownKind(object.kind) })), kind: 'List' }, null, 4)}\n`, error: '' };
  const rows = found.objects.map((object) => [object.metadata.name, object.kind === 'Pod' ? podStatus(object) : '']);
  const width = Math.max(7, ...rows.map(([name = '']) => name.length + 3));
  const heads = flags.has('no-headers') ? [] : [['NAME', found.objects[0]?.kind === 'Pod' ? 'STATUS' : '']];
  return { out: [...heads, ...rows].map(([name = '', state = '']) => `${name.padEnd(width)}${state}`.trimEnd()).map((line) => `${line}\n`).join(''), error: '' };
}

/** Does something to each object that is named. */
function each(asked: Asked, act: (asked: Asked, object: AnyObject) => { readonly ok: true } | Refusal, said: (object: AnyObject) => string): Outcome {
  const found = objectsOf(asked);
  if ('error' in found) return { out: '', error: found.error };
  let out = '';
  for (const object of found.objects) {
    const done = act(asked, object);
    if (!done.ok) return { out, error: errorOf(done) };
    out += `${said(object)}\n`;
  }
  return { out, error: '' };
}

function change(asked: Asked, body: Readonly<Record<string, unknown>> | null, word: string, type: 'merge' | 'strategic' = 'merge'): Outcome {
  if (body === null) return { out: '', error: 'error: unable to parse the patch' };
  return each(asked, ({ account }, object) => account.patch(refOf(object), { type, body }), (object) => `${nameOf(object)} ${word}`);
}

/** The objects that words and selectors name. */
function objectsOf({ account, flags, words }: Asked): { readonly objects: readonly AnyObject[] } | { readonly error: string } {
  const namespace = flags.get('namespace') ?? flags.get('n') ?? account.namespace;
  const selector = readLabelSelector(flags.get('selector') ?? flags.get('l') ?? '');
  if ('error' in selector) return { error: `error: ${selector.error}` };
  const pairs = words.flatMap((word) => (word.includes('/') ? [word.split('/')] : []));
  const [type = '', ...names] = words;
  const asked = pairs.length > 0 ? pairs.map(([kind = '', name]) => ({ kind, name })) : names.length > 0 ? names.map((name) => ({ kind: type, name })) : [{ kind: type, name: undefined }];
  const objects: AnyObject[] = [];
  for (const { kind: word, name } of asked) {
    const kind = KINDS.get(word.toLowerCase());
    if (kind === undefined) return { error: `error: the server doesn't have a resource type "${word}"` };
    const home = !resourceOf(kind).namespaced ? '' : namespace;
    const everywhere = flags.has('all-namespaces') || flags.has('A');
    const found = name === undefined ? account.list(kind, everywhere || home === '' ? null : home, selector) : account.get(kind, home, name);
    if (!found.ok) return { error: errorOf(found) };
    objects.push(...('objects' in found ? found.objects : [found.object]));
  }
  const oldestFirst = flags.get('sort-by')?.includes('creationTimestamp') === true;
  return { objects: oldestFirst ? objects.toSorted((one, other) => compareTexts(one.metadata.creationTimestamp ?? '', other.metadata.creationTimestamp ?? '')) : objects };
}

function errorOf({ status }: Refusal): string {
  return `Error from server (${status.reason}): ${status.message}`;
}

function refOf(object: AnyObject): { kind: AnyObject['kind']; namespace: string; name: string } {
  return { kind: object.kind, namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

/** `pod/pricing-7d9c`, `deployment.apps/pricing`. */
function nameOf({ kind, metadata }: AnyObject): string {
  const { singular, apiVersion } = resourceOf(kind);
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
  return `${singular}${group}/${metadata.name}`;
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

const KINDS: ReadonlyMap<string, Kind> = new Map((Object.keys(RESOURCES) as (keyof KindMap & keyof typeof RESOURCES)[]).flatMap((kind) => {
  const { plural, singular, short, apiVersion } = resourceOf(kind);
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
  return [plural, singular, ...short, `${plural}${group}`, `${singular}${group}`].map((word) => [word, kind] as const);
}));

/** Flags that take the next word where they have no `=`. */
const WITH_VALUE: ReadonlySet<string> = new Set(['n', 'namespace', 'l', 'selector', 'o', 'output', 'p', 'patch', 'type', 'replicas', 'sort-by', 'field-selector', 'grace-period', 'timeout']);

function read(args: readonly string[]): { readonly flags: ReadonlyMap<string, string>; readonly words: readonly string[] } {
  const flags = new Map<string, string>();
  const words: string[] = [];
  for (let nth = 0; nth < args.length; nth++) {
    const argument = args[nth] as string;
    if (!argument.startsWith('-')) {
      words.push(argument);
      continue;
    }
    const [name = '', value] = argument.replace(/^--?/, '').split(/=(.*)/s);
    flags.set(name, value ?? (WITH_VALUE.has(name) ? (args[++nth] ?? '') : 'true'));
  }
  return { flags, words };
}

function fail(call: Call, error: string): number {
  call.io.stderr.write(`${error}\n`);
  return 1;
}
