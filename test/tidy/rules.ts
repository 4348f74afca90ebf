import { visit, type Import, type Node, type Source } from './source.ts';

/** `src/time/agenda.ts:12: …` */
export type Breach = string;

/** Whatever breaks a house rule within one file. */
export function breachesOf(source: Source): readonly Breach[] {
  return [...namesOf(source), ...lengthsOf(source), ...importsOf(source), ...bansOf(source)];
}

/** Files that nobody imports and that are no entry of the program. */
export function deadFiles(sources: readonly Source[], entries: readonly string[]): readonly Breach[] {
  const imported = new Set(sources.flatMap((source) => source.imports.map((one) => one.file)));
  return sources
    .filter(({ path }) => !imported.has(path) && !entries.includes(path))
    .map(({ path }) => `${path}:1: nobody imports this file`);
}

const MOST_LINES = 400;
const MOST_LINES_OF_FUNCTION = 60;
const MOST_LINES_OF_COMPONENT = 80;

const EVERYTHING = null;
const WORLD = ['time', 'yaml', 'cluster', 'scenario', 'party', 'paging', 'journal'];

/** What each room may import beside itself: anything of `values`, and types of `types`. A room that is not here may not be. */
const ROOMS: Readonly<Record<string, { readonly values: readonly string[] | null; readonly types: readonly string[] }>> = {
  time: { values: [], types: [] },
  yaml: { values: [], types: [] },
  promql: { values: ['time'], types: [] },
  prometheus: { values: ['time', 'yaml', 'promql', 'cluster'], types: [] },
  cluster: { values: ['time'], types: [] },
  scenario: { values: ['time', 'yaml', 'cluster', 'journal'], types: [] },
  party: { values: ['time', 'yaml'], types: [] },
  paging: { values: ['time', 'party'], types: [] },
  journal: { values: ['time'], types: [] },
  drill: { values: [...WORLD, 'prometheus'], types: [] },
  responders: { values: [...WORLD, 'drill'], types: [] },
  debrief: { values: ['time', 'journal', 'scenario', 'party'], types: [] },
  'kube-api': { values: ['time', 'yaml', 'cluster'], types: [] },
  ui: { values: ['time'], types: ['drill', 'journal'] },
  outside: { values: ['time', 'yaml', 'scenario', 'party', 'paging', 'journal', 'kube-api'], types: ['cluster', 'drill', 'prometheus'] },
  commands: { values: EVERYTHING, types: [] },
  cli: { values: EVERYTHING, types: [] },
};

/** Rooms that must do the same on every machine, every time. */
const PURE = new Set([...WORLD, 'drill', 'responders', 'debrief', 'kube-api', 'promql', 'prometheus']);

function namesOf({ path }: Source): readonly Breach[] {
  const bad = path.split('/').find((part) => /^(?:index|types)\.tsx?$|^(?:utils?|helpers?|common|misc)(?:\.tsx?)?$/.test(part));
  return bad === undefined ? [] : [`${path}:1: "${bad}" says nothing about what is in it`];
}

function lengthsOf({ path, lineCount, program, lineOf }: Source): readonly Breach[] {
  const breaches = lineCount > MOST_LINES ? [`${path}:${lineCount}: a file has at most ${MOST_LINES} lines`] : [];
  const most = path.endsWith('.tsx') ? MOST_LINES_OF_COMPONENT : MOST_LINES_OF_FUNCTION;
  visit(program, (node) => {
    if (!FUNCTIONS.has(node.type)) return;
    const lines = lineOf(node.end) - lineOf(node.start) + 1;
    if (lines > most) breaches.push(`${path}:${lineOf(node.start)}: a function has at most ${most} lines, and this has ${lines}`);
  });
  return breaches;
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

function importsOf(source: Source): readonly Breach[] {
  const { path, room } = source;
  if (ROOMS[room] === undefined) return [`${path}:1: the room "${room}" has no place in the order of imports`];
  return source.imports.flatMap((one) => {
    const problem = one.file === null ? problemOfPackage(room, one) : problemOfFile(room, one, one.file);
    return problem === null ? [] : [`${path}:${one.line}: ${problem}`];
  });
}

function problemOfPackage(room: string, { from }: Import): string | null {
  return PURE.has(room) && /^(?:node:|react\b|ink\b|ws$|pg$)/.test(from) ? `${room}/ may not import ${from}` : null;
}

function problemOfFile(room: string, { from, typesOnly }: Import, file: string): string | null {
  if (!/\.(?:tsx?|json)$/.test(from)) return `"${from}" lacks its extension`;
  const [top, target = '', more] = file.split('/');
  if (top !== 'src') return `"${from}" lies outside of src/`;
  if (target === room) return null;
  const { values, types } = ROOMS[room] as { readonly values: readonly string[] | null; readonly types: readonly string[] };
  if (values === EVERYTHING) return null;
  if (more === undefined || !values.includes(target)) {
    return typesOnly && types.includes(target) ? null : `${room}/ may not import ${types.includes(target) ? 'values' : 'anything'} of ${target}/`;
  }
  return null;
}

function bansOf({ path, room, program, lineOf }: Source): readonly Breach[] {
  const breaches: Breach[] = [];
  visit(program, (node, parent) => {
    const banned = bannedAnywhere(node) ?? (PURE.has(room) ? bannedInPure(node, parent) : null);
    if (banned !== null) breaches.push(`${path}:${lineOf(node.start)}: ${banned}`);
  });
  return breaches;
}

function bannedAnywhere(node: Node): string | null {
  if ((node.type === 'BinaryExpression' && node.operator === '**') || (node.type === 'AssignmentExpression' && node.operator === '**=')) {
    return '** differs between versions of Node; multiply';
  }
  if (node.type === 'MemberExpression') {
    const name = nameOf(node.property);
    if (name === 'localeCompare' || name?.startsWith('toLocale') === true) return `${name} depends on the machine's locale`;
  }
  if (node.type === 'CallExpression') {
    const name = nameOf((node.callee as Node).property);
    if ((name === 'sort' || name === 'toSorted') && (node.arguments as readonly unknown[]).length === 0) return `${name}() without an order sorts by text`;
  }
  return null;
}

const INEXACT = new Set(
  ['pow', 'exp', 'expm1', 'log', 'log2', 'log10', 'log1p', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'atan2'].concat(
    ['sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'cbrt', 'hypot'],
  ),
);
const IMPURE_GLOBALS = new Set(['Promise', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Intl', 'performance', 'fetch']);

function bannedInPure(node: Node, parent: Node | null): string | null {
  if (node.type === 'MemberExpression') {
    const owner = nameOf(node.object);
    const name = nameOf(node.property);
    if (owner === 'Math' && name === 'random') return 'Math.random is no die of the drill';
    if (owner === 'Math' && name !== null && INEXACT.has(name)) return `Math.${name} differs between machines; see time/exact-math.ts`;
    if (owner === 'Date' && name === 'now') return 'Date.now is the wall clock';
    if (owner === 'process' || owner === 'globalThis') return `${owner} is outside of the drill`;
  }
  if (node.type === 'NewExpression' && nameOf(node.callee) === 'Date' && (node.arguments as readonly unknown[]).length === 0) {
    return 'new Date() is the wall clock';
  }
  if (node.type === 'CallExpression' && nameOf(node.callee) === 'Date') return 'Date() is the wall clock';
  if (node.type === 'AwaitExpression' || (FUNCTIONS.has(node.type) && node.async === true)) return 'the core waits for nothing; no async';
  if (node.type === 'Identifier' && IMPURE_GLOBALS.has(node.name as string) && !isOnlyName(node, parent)) {
    return `${node.name as string} has no place in the core`;
  }
  return null;
}

/** Whether an identifier only names a field or a type: `x.fetch`, `{fetch: …}`, `Promise<void>`. */
function isOnlyName(node: Node, parent: Node | null): boolean {
  if (parent === null || parent.computed === true) return false;
  if (parent.type === 'TSTypeReference') return true; // a port may say that the outside takes its time
  return (parent.type === 'MemberExpression' && parent.property === node) || (parent.key === node && parent.shorthand !== true);
}

function nameOf(node: unknown): string | null {
  const named = node as Node | undefined;
  return named?.type === 'Identifier' ? (named.name as string) : null;
}
