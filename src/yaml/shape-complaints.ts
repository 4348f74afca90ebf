import type { z } from 'zod';
import { quoted } from './complaint.ts';
import type { Complaint, Place } from './complaint.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Path, YamlSource } from './yaml-source.ts';
import { keysAt } from './known-keys.ts';
import { SetAside } from './set-aside.ts';

type Issue = z.core.$ZodIssue;

/** A value as far as its shape is right. */
export interface Fitted<Value> {
  /** Null where nothing useful is left. */
  readonly value: Value | null;
  /** Where in the source the value at a path of `value` stands, or its key. See {@link YamlSource.placeOf}. */
  readonly place: YamlSource['placeOf'];
  /** Whether the author wrote anything at a path of `value`, right or wrong. */
  readonly wrote: (path: Path) => boolean;
  readonly complaints: readonly Complaint[];
}

/**
 * Holds a value against its shape: a complaint for each thing that does not fit, and what is left of the value when
 * those are set aside, so that the rules can still look at the rest. `what` names the whole in sentences.
 */
export function fit<Shape extends z.ZodType>(shape: Shape, source: YamlSource, blank: Readonly<Record<string, unknown>>, what: string): Fitted<z.output<Shape>> {
  const first = shape.safeParse(source.value, { reportInput: true });
  if (first.success) return { value: first.data, place: (...at) => source.placeOf(...at), wrote: (path) => valueAt(source.value, path) !== undefined, complaints: [] };
  let issues = first.error.issues.flatMap((issue) => innermost(issue, []));
  const complaints = issues.filter((issue) => !saidBetter(issue, issues)).flatMap((issue) => complaintsOf(issue, source, shape, what));
  const setAside = new SetAside(source.value, blank);
  const place: YamlSource['placeOf'] = (path, ...at) => source.placeOf(setAside.original(path), ...at);
  const wrote = (path: Path): boolean => valueAt(source.value, setAside.original(path)) !== undefined;
  for (let round = 0; round < 12; round++) {
    const again = shape.safeParse(setAside.remove(issues));
    if (again.success) return { value: again.data, place, wrote, complaints };
    issues = again.error.issues.flatMap((issue) => innermost(issue, []));
  }
  return { value: null, place, wrote, complaints };
}

/** Where a key is unknown, that the whole is not one of its kinds goes without saying. */
function saidBetter(issue: Issue, issues: readonly Issue[]): boolean {
  const at = JSON.stringify(issue.path);
  return issue.code === 'custom' && issues.some((other) => other.code === 'unrecognized_keys' && JSON.stringify(other.path) === at);
}

/** A union's issue is replaced by the issues of the one branch that was meant, where it is plain which. */
function innermost(issue: Issue, prefix: Path): Issue[] {
  const path = [...prefix, ...(issue.path as Path)];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors
      .map((branch) => branch.flatMap((inner) => innermost(inner, path)))
      .filter((branch) => branch.length > 0 && branch.every((inner) => inner.path.length > path.length || inner.code === 'unrecognized_keys' || inner.code === 'custom'));
    const best = meant.toSorted((a, b) => a.length - b.length)[0];
    if (best !== undefined) return best;
  }
  return [{ ...issue, path }];
}

function complaintsOf(issue: Issue, source: YamlSource, shape: z.ZodType, what: string): Complaint[] {
  const path = issue.path as Path;
  const found = valueAt(source.value, path);
  const name = path.length === 0 ? what : nameOf(path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(shape, path);
    return issue.keys.map((key) => errorAt(source.placeOf([...path, key], 'key'), `${quoted(key)} is no key of ${name}.`, didYouMean(key, known) || 'Remove it.', 'unknown-key'));
  }
  if (issue.code === 'invalid_key') {
    return [errorAt(source.placeOf(path, 'key'), `${quoted(String(path.at(-1)))} ${issue.issues[0]?.message ?? 'is no name'}.`, '', 'name')];
  }
  if (found === undefined) {
    const parent = path.length === 1 ? what : nameOf(path.slice(0, -1));
    return [errorAt(source.placeOf(path, 'key'), `${quoted(String(path.at(-1) ?? ''))} is missing in ${parent}.`, 'Add it.', 'missing-key')];
  }
  const place = source.placeOf(path);
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const written = typeof found === 'string' ? quoted(found) : kindOf(found);
    if (!issue.message.startsWith('Invalid')) return [errorAt(place, `${name} ${issue.message}.`, '', 'value')];
    return [errorAt(place, `${name} is ${written}.`, (typeof found === 'string' ? didYouMean(found, values) : '') || `Use one of ${values.join(', ')}.`, 'value')];
  }
  return [errorAt(place, `${messageOf(issue, name, found)}.`, '', issue.code === 'invalid_type' || issue.code === 'invalid_union' ? 'type' : 'value')];
}

function errorAt(place: Place, problem: string, cure: string, rule: string): Complaint {
  return { ...place, severity: 'error', problem, cure, rule };
}

function messageOf(issue: Issue, name: string, found: unknown): string {
  const own = !/^(?:Invalid|Too|Unrecognized|Expected)/.test(issue.message);
  if (issue.code === 'invalid_type') return own ? `${name} ${issue.message}, found ${kindOf(found)}` : `${name} must be ${KINDS[issue.expected] ?? issue.expected}, found ${kindOf(found)}`;
  if (issue.code === 'invalid_format') return own && typeof found === 'string' ? `${quoted(found)} ${issue.message}` : `${name} is not written as it must be`;
  if (own) return `${name} ${issue.message}`;
  if (issue.code === 'too_small') return `${name} must be at least ${String(issue.minimum)}`;
  if (issue.code === 'too_big') return `${name} must be at most ${String(issue.maximum)}`;
  return `${name} cannot be read`;
}

const KINDS: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', boolean: 'true or false', object: 'a map', record: 'a map', array: 'a list', int: 'a whole number' };

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return value === '' ? 'an empty text' : `the text ${quoted(value)}`;
  if (typeof value === 'number') return `the number ${value}`;
  return typeof value === 'boolean' ? String(value) : 'a map';
}

/** `slo.objective`, `changes[2].who`. */
function nameOf(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
  return quoted(text.replace(/^\./, '')).slice(1, -1);
}

function valueAt(value: unknown, path: Path): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<string | number, unknown>)[step];
  }
  return at;
}
