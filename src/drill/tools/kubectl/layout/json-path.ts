/** A template of kubectl's JSONPath, ready to be run over objects. */
export interface JsonPath {
  /** The values that the template's first expression finds. */
  find(object: unknown): readonly unknown[];
  /** The text that the whole template makes of an object. */
  render(object: unknown): string;
}

/**
 * Reads kubectl's JSONPath templates: text around `{.a.b}`, `['key']`, indices and slices, `*`, `..name`,
 * `[?(@.a=="b")]`, `{range …}{end}`, quoted text. An error comes in kubectl's manner. Steps are counted, so that no
 * template runs away.
 */
export function compileJsonPath(template: string): JsonPath | { readonly error: string } {
  const pieces = readPieces(template);
  if ('error' in pieces) return pieces;
  const first = pieces.find((piece) => piece.do === 'find' || piece.do === 'range');
  return {
    find: (object) => (first === undefined ? [] : walk(first.path, object)),
    render: (object) => render(pieces, object),
  };
}

type Piece =
  | { readonly do: 'text'; readonly text: string }
  | { readonly do: 'find'; readonly path: readonly Step[] }
  | { readonly do: 'range'; readonly path: readonly Step[]; readonly body: readonly Piece[] };

type Step =
  | { readonly take: 'field'; readonly name: string }
  | { readonly take: 'index'; readonly at: number }
  | { readonly take: 'slice'; readonly from: number; readonly to: number | null }
  | { readonly take: 'all' }
  | { readonly take: 'deep' }
  | { readonly take: 'where'; readonly path: readonly Step[]; readonly operator: string; readonly value: string | number | boolean | null };

function readPieces(template: string): readonly Piece[] | { readonly error: string } {
  const stack: { pieces: Piece[]; path: readonly Step[] }[] = [{ pieces: [], path: [] }];
  const top = (): Piece[] => (stack.at(-1) as { pieces: Piece[] }).pieces;
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open !== at) {
      top().push({ do: 'text', text: template.slice(at, open < 0 ? undefined : open) });
      if (open < 0) break;
    }
    const close = closing(template, open);
    if (close < 0) return { error: 'error: error parsing jsonpath: unclosed action' };
    const action = template.slice(open + 1, close).trim();
    at = close + 1;
    const quoted = /^(["'])(.*)\1$/s.exec(action);
    if (quoted !== null) {
      top().push({ do: 'text', text: unescape(quoted[2] as string) });
    } else if (action === 'end') {
      const ended = stack.pop();
      if (ended === undefined || stack.length === 0) return { error: 'error: error parsing jsonpath: not in range, nothing to end' };
      top().push({ do: 'range', path: ended.path, body: ended.pieces });
    } else {
      const range = /^range\s+/.exec(action);
      const path = readSteps(action.slice(range?.[0].length ?? 0));
      if (path === null) return { error: `error: error parsing jsonpath ${template}, unrecognized expression: ${action}` };
      if (range === null) top().push({ do: 'find', path });
      else stack.push({ pieces: [], path });
      if (stack.length > 8) return { error: 'error: error parsing jsonpath: too many ranges inside each other' };
    }
  }
  return stack.length === 1 ? top() : { error: 'error: error parsing jsonpath: unclosed range, {end} is missing' };
}

/** Where the `}` is that ends the action opened at `open`, quotes and nothing else considered; −1 for none. */
function closing(template: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < template.length; at++) {
    const char = template[at] as string;
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '}') return at;
  }
  return -1;
}

const STEP = /^(?:\.\.|\.?\[\s*(?:(["'])(.*?)\1|(-?\d{1,9})|(-?\d{0,9}):(-?\d{0,9})|\*|\?\(\s*@([^=!<>]*?)\s*(?:(==|!=|<=|>=|<|>)\s*("[^"]*"|'[^']*'|[\w.+-]+)\s*)?\))\s*\]|\.?((?:[\w-]|\\.|\/)+)|\.\*|\*)/s;

function readSteps(text: string): readonly Step[] | null {
  const steps: Step[] = [];
  let rest = text.replace(/^[$@]/, '');
  if (rest === '.') return steps;
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null) return null;
    const step = readStep(match);
    if (step === null || steps.length > 40) return null;
    steps.push(step);
    rest = rest.slice(match[0].length);
  }
  return steps;
}

function readStep(match: RegExpExecArray): Step | null {
  const [whole, , key, index, from, to, condition, operator, value, name] = match;
  if (whole === '..') return { take: 'deep' };
  if (key !== undefined) return { take: 'field', name: key };
  if (name !== undefined) return { take: 'field', name: name.replaceAll(/\\(.)/g, '$1') };
  if (index !== undefined) return { take: 'index', at: Number(index) };
  if (from !== undefined) return { take: 'slice', from: Number(from === '' ? 0 : from), to: to === '' ? null : Number(to) };
  if (condition !== undefined) {
    const path = readSteps(condition);
    return path === null ? null : { take: 'where', path, operator: operator ?? 'exists', value: literal(value ?? '') };
  }
  return { take: 'all' };
}

function literal(text: string): string | number | boolean | null {
  if (/^["']/.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && !Number.isNaN(Number(text)) ? Number(text) : text;
}

const MOST_VALUES = 20_000;

function walk(steps: readonly Step[], object: unknown): readonly unknown[] {
  let values: readonly unknown[] = [object];
  for (const step of steps) {
    const next: unknown[] = [];
    for (const value of values) {
      for (const found of take(step, value)) {
        if (next.length >= MOST_VALUES) break;
        next.push(found);
      }
    }
    values = next;
  }
  return values;
}

function take(step: Step, value: unknown): readonly unknown[] {
  switch (step.take) {
    case 'field':
      return isRecord(value) && !Array.isArray(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
    case 'index':
      return Array.isArray(value) && value.at(step.at) !== undefined ? [value.at(step.at)] : [];
    case 'slice':
      return Array.isArray(value) ? value.slice(step.from, step.to ?? undefined) : [];
    case 'all':
      return isRecord(value) ? Object.values(value) : [];
    case 'deep':
      return deep(value);
    case 'where':
      return Array.isArray(value) ? value.filter((item) => holds(step, item)) : [];
  }
}

function deep(value: unknown): readonly unknown[] {
  const found: unknown[] = [value];
  for (let at = 0; at < found.length && found.length < MOST_VALUES; at++) {
    const item = found[at];
    if (isRecord(item)) for (const child of Object.values(item)) found.push(child);
  }
  return found;
}

function holds({ path, operator, value }: Extract<Step, { take: 'where' }>, item: unknown): boolean {
  const found = walk(path, item)[0];
  if (operator === 'exists') return found !== undefined;
  if (found === undefined) return false;
  if (operator === '==') return textOf(found) === textOf(value);
  if (operator === '!=') return textOf(found) !== textOf(value);
  const [left, right] = typeof found === 'number' ? [found, Number(value)] : [textOf(found), textOf(value)];
  if (operator === '<') return left < right;
  if (operator === '>') return left > right;
  return operator === '<=' ? left <= right : left >= right;
}

function render(pieces: readonly Piece[], object: unknown): string {
  let text = '';
  for (const piece of pieces) {
    if (text.length > 500_000) return text;
    if (piece.do === 'text') text += piece.text;
    else if (piece.do === 'find') text += walk(piece.path, object).map(textOf).join(' ');
    else for (const item of walk(piece.path, object)) text += render(piece.body, item);
  }
  return text;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char === 't' ? '\t' : char));
}
