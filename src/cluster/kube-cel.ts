import { Environment } from '@marcbachmann/cel-js';
import { countSteps, spendSteps, withinBudget, type CelBudget } from './cel-cost.ts';
import { isJsonObject } from './json.ts';
import { parseQuantity } from './quantity.ts';
import { allFound, findsPattern, patternWork } from './extensions/go-pattern.ts';

/** What an expression comes to, or why it comes to nothing: `no such key: foo`. */
export type Evaluated = { readonly value: unknown } | { readonly error: string };

/** An expression that was understood. Its variables are given by {@link celValue}. */
export type CelProgram = (variables: Readonly<Record<string, unknown>>, budget?: CelBudget) => Evaluated;

/**
 * Reads an expression in the dialect of CEL that Kubernetes' API server understands (its libraries of quantities,
 * regular expressions and lists; https://kubernetes.io/docs/reference/using-api/cel/), over the variables named. The
 * problem is the server's text from `compilation failed:` on.
 */
export function celProgram(expression: string, variables: readonly string[]): { readonly program: CelProgram } | { readonly problem: string } {
  const key = `${variables.join()}\u0000${expression}`;
  let known = PROGRAMS.get(key);
  if (known === undefined) {
    known = compiled(expression, variables);
    if (PROGRAMS.size > MOST_PROGRAMS) PROGRAMS.clear();
    PROGRAMS.set(key, known);
  }
  return known;
}

const PROGRAMS = new Map<string, ReturnType<typeof compiled>>();
const MOST_PROGRAMS = 1_000;

function compiled(expression: string, variables: readonly string[]): { readonly program: CelProgram } | { readonly problem: string } {
  try {
    const parsed = environmentOf(variables).parse(withGoPatterns(expression));
    const checked = parsed.check();
    if (!checked.valid) return { problem: compilationProblem(expression, checked.error) };
    countSteps(parsed.ast);
    return { program: (context, budget) => withinBudget(budget, () => evaluated(parsed, context)) };
  } catch (error) {
    return { problem: compilationProblem(expression, error) };
  }
}

/** Calls our own `matches`, under a name as long, so that places in errors stay; the library's goes back and forth without end over some patterns. */
function withGoPatterns(expression: string): string {
  return expression.replace(/("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|\.matches\(/g, (_whole, quoted: string | undefined) => quoted ?? '.matchGo(');
}

function evaluated(parsed: (context: Record<string, unknown>) => unknown, context: Readonly<Record<string, unknown>>): Evaluated {
  try {
    return { value: parsed(context) };
  } catch (error) {
    return { error: firstLine(error).replace('No such key', 'no such key') };
  }
}

function compilationProblem(expression: string, error: unknown): string {
  const start = (error as { readonly range?: { readonly start?: number } } | null)?.range?.start ?? 0;
  const before = expression.slice(0, start).split('\n');
  const [line, column] = [before.length, (before.at(-1) ?? '').length];
  const said = firstLine(error).replace(/^Unknown variable: (.*)$/, "undeclared reference to '$1' (in container '')").replace(/^Unexpected token.*|^Expected .*/, (text) => `Syntax error: ${text.charAt(0).toLowerCase()}${text.slice(1)}`);
  return `compilation failed: ERROR: <input>:${line}:${column + 1}: ${said}\n | ${expression.split('\n')[line - 1] ?? ''}\n | ${'.'.repeat(column)}^`;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

const ENVIRONMENTS = new Map<string, Environment>();

function environmentOf(variables: readonly string[]): Environment {
  const key = variables.join();
  let known = ENVIRONMENTS.get(key);
  if (known === undefined) {
    known = withLibraries(new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits: { maxAstNodes: 4_000, maxDepth: 100 } }));
    for (const name of variables) known.registerVariable(name, 'dyn');
    ENVIRONMENTS.set(key, known);
  }
  return known;
}

class Quantity {
  readonly amount: number;

  constructor(amount: number) {
    this.amount = amount;
  }
}

function withLibraries(environment: Environment): Environment {
  return environment
    .registerType('Quantity', { ctor: Quantity, fields: {} })
    .registerFunction('quantity(string): Quantity', (text: string) => {
      const amount = parseQuantity(text);
      if (amount === null) throw new Error("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
      return new Quantity(amount);
    })
    .registerFunction('isQuantity(string): bool', (text: string) => parseQuantity(text) !== null)
    .registerFunction('Quantity.isGreaterThan(Quantity): bool', (one: Quantity, other: Quantity) => one.amount > other.amount)
    .registerFunction('Quantity.isLessThan(Quantity): bool', (one: Quantity, other: Quantity) => one.amount < other.amount)
    .registerFunction('Quantity.compareTo(Quantity): int', (one: Quantity, other: Quantity) => BigInt(Math.sign(one.amount - other.amount)))
    .registerFunction('Quantity.add(Quantity): Quantity', (one: Quantity, other: Quantity) => new Quantity(one.amount + other.amount))
    .registerFunction('Quantity.sub(Quantity): Quantity', (one: Quantity, other: Quantity) => new Quantity(one.amount - other.amount))
    .registerFunction('Quantity.sign(): int', (one: Quantity) => BigInt(Math.sign(one.amount)))
    .registerFunction('Quantity.asApproximateFloat(): double', (one: Quantity) => one.amount)
    .registerFunction('Quantity.asInteger(): int', (one: Quantity) => BigInt(Math.trunc(one.amount)))
    .registerFunction('string.matchGo(string): bool', (text: string, pattern: string) => findsPattern(affordable(pattern, text), text))
    .registerFunction('string.find(string): string', (text: string, pattern: string) => allFound(affordable(pattern, text), text, 1)[0] ?? '')
    .registerFunction('string.findAll(string): list', (text: string, pattern: string) => allFound(affordable(pattern, text), text))
    .registerFunction('string.replace(string, string): string', replaced)
    .registerFunction('list.sum(): dyn', (items: (bigint | number)[]) => items.reduce<bigint | number>((sum, item) => (typeof sum === 'bigint' && typeof item === 'bigint' ? sum + item : Number(sum) + Number(item)), 0n))
    .registerFunction('list.min(): dyn', (items: (bigint | number | string)[]) => items.reduce((least, item) => (item < least ? item : least)))
    .registerFunction('list.max(): dyn', (items: (bigint | number | string)[]) => items.reduce((most, item) => (item > most ? item : most)))
    .registerFunction('list.isSorted(): bool', (items: (bigint | number | string)[]) => items.every((item, at) => at === 0 || (items[at - 1] as bigint) <= (item as bigint)))
    .registerFunction('list.indexOf(dyn): int', (items: unknown[], wanted: unknown) => BigInt(items.indexOf(wanted)));
}

/** The pattern, where what it takes to read it and to look for it is left to spend. */
function affordable(pattern: string, text: string): string {
  spendSteps(pattern.length);
  spendSteps(Math.ceil(patternWork(pattern, text) / 100));
  return pattern;
}

function replaced(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length * to.length > LONGEST_TEXT) throw new Error('the text that is to be made is too long');
  return parts.join(to);
}

const LONGEST_TEXT = 4_194_304;

/** A value of JSON as CEL has it: numbers without a fraction are integers. */
export function celValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (!isJsonObject(value)) return value ?? null;
  return celObject(Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, celValue(inner)]])));
}

/** An object as CEL has it. The library tells types by `constructor`, which may well be the name of a field. */
export function celObject(entries: readonly (readonly [string, unknown])[]): unknown {
  return entries.some(([key]) => key === 'constructor') ? new Map(entries) : Object.fromEntries(entries);
}
