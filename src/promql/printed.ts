import type { At, BinaryExpr, Duration, Expr, Matching, SelectorExpr } from './ast.ts';
import { METRIC_NAME } from './labels.ts';
import { quoted } from './literals.ts';

/** Longer than this on one line an expression is broken up. */
const LONGEST_LINE = 100;

/** An expression as Prometheus formats it (promql/parser/prettier.go): on one line where that is short enough, else on several. `text` is where it was read from. */
export function pretty(expr: Expr, text: string, level = 0): string {
  const indent = '  '.repeat(level);
  const whole = printed(expr, text);
  const inside = (one: Expr): string => pretty(one, text, level + 1);
  if (expr.kind === 'paren' && whole.length > LONGEST_LINE) return `${indent}(\n${inside(expr.expr)}\n${indent})`;
  if (expr.kind === 'unary') return `${indent}${expr.op}${pretty(expr.expr, text, level).trim()}`;
  if (expr.kind === 'subquery' && whole.length <= LONGEST_LINE) return whole; // not indented there either
  if (expr.kind === 'subquery') return `${pretty(expr.expr, text, level)}${whole.slice(printed(expr.expr, text).length)}`;
  if (whole.length <= LONGEST_LINE) return indent + whole;
  if (expr.kind === 'aggregate') return `${indent}${aggregator(expr)}(\n${expr.param === null ? '' : `${inside(expr.param)},\n`}${inside(expr.expr)}\n${indent})`;
  if (expr.kind === 'binary') return `${inside(expr.left)}\n${indent}${operator(expr)}\n${inside(expr.right)}`;
  return expr.kind === 'call' ? `${indent}${expr.name}(\n${expr.args.map(inside).join(',\n')}\n${indent})` : indent + whole;
}

/** An expression on one line, as Prometheus prints it (promql/parser/printer.go). */
function printed(expr: Expr, text: string): string {
  const inner = (one: Expr): string => printed(one, text);
  switch (expr.kind) {
    case 'number': return numberText(expr.value);
    case 'string': return quoted(expr.value);
    case 'paren': return `(${inner(expr.expr)})`;
    case 'unary': return `${expr.op}${inner(expr.expr)}`;
    case 'selector': return selectorText(expr) + extension(expr) + shift(expr, text);
    case 'matrix': return `${selectorText(expr.selector)}[${durationText(expr.range, text)}]${extension(expr.selector)}${shift(expr.selector, text)}`;
    case 'subquery': return `${inner(expr.expr)}[${durationText(expr.range, text)}:${expr.step === null ? '' : durationText(expr.step, text)}]${shift(expr, text)}`;
    case 'call': return `${expr.name}(${expr.args.map(inner).join(', ')})`;
    case 'aggregate': return `${aggregator(expr)}(${expr.param === null ? '' : `${inner(expr.param)}, `}${inner(expr.expr)})`;
    case 'binary': return `${inner(expr.left)} ${operator(expr)} ${inner(expr.right)}`;
  }
}

function selectorText({ name, matchers }: SelectorExpr): string {
  const shown = matchers.filter((one) => !(name !== '' && one.name === METRIC_NAME && one.op === '=' && one.value === name));
  const texts = shown.map((one) => `${labelText(one.name)}${one.op}${quoted(one.value)}`).toSorted((left, right) => (left < right ? -1 : 1));
  return shown.length === 0 && name !== '' ? name : `${name}{${texts.join(',')}}`;
}

function extension({ extended }: SelectorExpr): string {
  return extended === null ? '' : ` ${extended}`;
}

function shift({ at, offset }: { readonly at: At | null; readonly offset: Duration | null }, text: string): string {
  const fixed = at === null ? '' : typeof at === 'number' ? ` @ ${(at / 1000).toFixed(3)}` : ` @ ${at}()`;
  return `${fixed}${offset === null ? '' : ` offset ${durationText(offset, text)}`}`;
}

function aggregator({ op, grouping, without }: Extract<Expr, { kind: 'aggregate' }>): string {
  const labels = grouping.map(labelText).join(', ');
  return without ? `${op} without (${labels}) ` : grouping.length > 0 ? `${op} by (${labels}) ` : op;
}

function operator({ op, bool, matching }: BinaryExpr): string {
  return `${op}${bool ? ' bool' : ''}${matchingText(matching)}`;
}

function matchingText({ on, labels, group, include, fillLeft, fillRight }: Matching): string {
  const clause = on || labels.length > 0 ? ` ${on ? 'on' : 'ignoring'} (${labels.map(labelText).join(', ')})` : '';
  const grouped = group === null ? '' : ` group_${group} (${include.map(labelText).join(', ')})`;
  const filled = fillLeft !== null && fillLeft === fillRight ? ` fill (${numberText(fillLeft)})` : `${fillLeft === null ? '' : ` fill_left (${numberText(fillLeft)})`}${fillRight === null ? '' : ` fill_right (${numberText(fillRight)})`}`;
  return clause + grouped + filled;
}

function labelText(name: string): string {
  return /^[a-zA-Z_]\w*$/.test(name) ? name : quoted(name);
}

/** As Go's `%v`: with an exponent from 1e+06 on and below 1e-04. */
function numberText(value: number): string {
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  const size = Math.abs(value);
  const text = size !== 0 && (size >= 1e6 || size < 1e-4) ? value.toExponential() : String(value);
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

const UNITS: readonly (readonly [unit: string, ms: number, onlyWhole: boolean])[] = [['y', 31_536_000_000, true], ['w', 604_800_000, true], ['d', 86_400_000, false], ['h', 3_600_000, false], ['m', 60_000, false], ['s', 1_000, false], ['ms', 1, false]];

/** A plain length as Prometheus writes it, `1m30s`; one that is an expression as it was written. */
function durationText(duration: Duration, text: string): string {
  if (duration.kind === 'negative' && duration.of.kind === 'seconds') return `-${durationText(duration.of, text)}`;
  if (duration.kind !== 'seconds') return text.slice(duration.from, duration.to);
  let left = Math.round(Math.abs(duration.value) * 1000);
  if (left === 0) return '0s';
  let said = duration.value < 0 ? '-' : '';
  for (const [unit, ms, onlyWhole] of UNITS) {
    if (left < ms || (onlyWhole && left % ms !== 0)) continue;
    said += `${Math.floor(left / ms)}${unit}`;
    left %= ms;
  }
  return said;
}
