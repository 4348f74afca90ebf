import { power } from '../../promql/exact-functions.ts';
import type { Labels } from '../../promql/labels.ts';

/** What is wrong with a template, in one sentence; null where it can be filled in. */
export function templateProblem(text: string): string | null {
  for (const [, inner = ''] of text.matchAll(ACTION)) if (piece(inner.trim()) === null) return `{{${inner}}} is not understood here.`;
  return /\{\{|\}\}/.test(text.replaceAll(ACTION, '')) ? 'A {{ is not closed, or a }} not opened.' : null;
}

/** A label or annotation of an alert, filled in. What is not understood stays as it is. */
export function filledIn(text: string, labels: Labels, value: number): string {
  return text.replaceAll(ACTION, (whole, inner: string) => piece(inner.trim())?.(labels, value) ?? whole);
}

const ACTION = /\{\{-?((?:"[^"]*"|[^{}"])*?)-?\}\}/g;

type Piece = (labels: Labels, value: number) => string;

/** `$labels.x`, `$value`, each through any number of filters, or `printf "%.2f" $value`. */
function piece(text: string): Piece | null {
  const [first = '', ...filters] = text.split('|').map((part) => part.trim());
  const printf = /^printf\s+"([^"]*)"\s+(.+)$/.exec(first);
  const source = printf === null ? sourceOf(first) : sourceOf(printf[2] as string);
  const steps = filters.map(filterOf);
  if (source === null || steps.includes(null)) return null;
  const last = printf === null ? null : (said: string | number): string => formatted(printf[1] as string, said);
  return (labels, value) => {
    let said: string | number = source(labels, value);
    if (last !== null) said = last(said);
    for (const step of steps) said = (step as (one: string | number) => string)(said);
    return String(said);
  };
}

function sourceOf(text: string): ((labels: Labels, value: number) => string | number) | null {
  const label = /^(?:\$labels|\.Labels)\.([a-zA-Z_]\w*)$/.exec(text) ?? /^index \$labels "([^"]+)"$/.exec(text);
  if (label !== null) return (labels) => labels.get(label[1] as string);
  return text === '$value' || text === '.Value' ? (_, value) => value : null;
}

const FILTERS: Readonly<Record<string, (value: number) => string>> = {
  humanize: (value) => scaled(value, 1000, ['', 'k', 'M', 'G', 'T', 'P', 'E'], ['', 'm', 'u', 'n', 'p']),
  humanize1024: (value) => scaled(value, 1024, ['', 'ki', 'Mi', 'Gi', 'Ti', 'Pi'], ['']),
  humanizePercentage: (value) => `${significant(value * 100)}%`,
  humanizeDuration: duration,
};

function filterOf(text: string): ((said: string | number) => string) | null {
  const printf = /^printf\s+"([^"]*)"$/.exec(text);
  if (printf !== null) return (said) => formatted(printf[1] as string, said);
  if (text === 'toUpper') return (said) => String(said).toUpperCase();
  if (text === 'toLower') return (said) => String(said).toLowerCase();
  if (text === 'title') return (said) => String(said).replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  const filter = Object.hasOwn(FILTERS, text) ? FILTERS[text] : undefined;
  return filter === undefined ? null : (said) => filter(Number(said));
}

/** `%.2f`, `%d`, `%s`, `%v`, `%g` and `%%`, one value for all. */
function formatted(pattern: string, said: string | number): string {
  return pattern.replaceAll(/%(?:%|\.?(\d+)?([fdsvgqe]))/g, (whole, digits?: string, verb?: string) => {
    if (whole === '%%') return '%';
    if (verb === 'f') return Number(said).toFixed(Number(digits ?? 6));
    if (verb === 'd') return String(Math.trunc(Number(said)));
    return verb === 'q' ? JSON.stringify(String(said)) : String(said);
  });
}

function significant(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function scaled(value: number, base: number, up: readonly string[], down: readonly string[]): string {
  if (value === 0 || !Number.isFinite(value)) return significant(value);
  let step = 0;
  let left = value;
  while (Math.abs(left) >= base && step < up.length - 1) { left /= base; step++; }
  while (Math.abs(left) < 1 && -step < down.length - 1) { left *= base; step--; }
  return `${significant(left)}${(step < 0 ? down[-step] : up[step]) ?? ''}`;
}

/** `1h 2m 3s`, or with a unit below the second. */
function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return significant(seconds);
  if (Math.abs(seconds) < 1) return seconds === 0 ? '0s' : `${scaled(seconds, 1000, [''], ['', 'm', 'u', 'n'])}s`;
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.floor(Math.abs(seconds));
  const parts = [Math.floor(whole / 86_400), Math.floor(whole / 3_600) % 24, Math.floor(whole / 60) % 60, whole % 60] as const;
  const units = ['d', 'h', 'm', 's'];
  const from = parts.findIndex((part) => part !== 0);
  if (whole < 60) return `${sign}${Number((Math.round(Math.abs(seconds) * power(10, 3)) / power(10, 3)).toPrecision(4))}s`;
  return sign + parts.slice(from).map((part, at) => `${part}${units[from + at] as string}`).join(' ');
}
