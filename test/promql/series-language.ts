import { add, subtract } from '../../src/promql/histogram-arithmetic.ts';
import { Labels } from '../../src/promql/labels.ts';
import { durationSeconds, numberOf } from '../../src/promql/literals.ts';
import { bucketCounts, EMPTY_HISTOGRAM, type NativeHistogram, type ResetHint } from '../../src/promql/native-histogram.ts';
import { parse } from '../../src/promql/parse.ts';
import type { Value } from '../../src/promql/series.ts';

/** A point of a series: nothing, a stale marker, or a value. */
export type Point = 'none' | 'stale' | { readonly value: Value; readonly hintGiven: boolean };

export interface Described {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/** `metric{label="value"} 1+2x3 _ stale {{…}}`. */
export function parseSeries(line: string): Described {
  const end = endOfLabels(line);
  return { labels: labelsOf(line.slice(0, end).trim()), points: tokensOf(line.slice(end)).flatMap(pointsOf) };
}

function endOfLabels(line: string): number {
  const name = /^[\w:.]*/.exec(line)?.[0].length ?? 0;
  const brace = /^\s*\{(?!\{)/.exec(line.slice(name));
  if (brace === null) return name;
  let quote = '';
  for (let at = name + brace[0].length; at < line.length; at++) {
    const character = line[at] as string;
    if (quote !== '') {
      if (character === '\\' && quote !== '`') at++;
      else if (character === quote) quote = '';
    } else if ('"\'`'.includes(character)) quote = character;
    else if (character === '}') return at + 1;
  }
  throw new Error(`no end of labels: ${line}`);
}

function labelsOf(text: string): Labels {
  if (/^\{\s*\}$/.test(text) || text === '') return Labels.none;
  const expr = parse(text.replace(/^\{/, '{__labels__="1",'));
  if (expr.kind !== 'selector') throw new Error(`no labels: ${text}`);
  return Labels.of(expr.matchers.filter(({ name }) => name !== '__labels__').map(({ name, value }) => [name, value] as const));
}

function tokensOf(text: string): string[] {
  return text.match(/(?:\{\{.*?\}\}|\S)+/g) ?? [];
}

function pointsOf(token: string): Point[] {
  const none = /^_(?:x(\d+))?$/.exec(token);
  if (none !== null) return Array.from({ length: Number(none[1] ?? 1) }, () => 'none' as const);
  const stale = /^stale(?:x(\d+))?$/.exec(token);
  if (stale !== null) return Array.from({ length: Number(stale[1] ?? 0) + 1 }, () => 'stale' as const);
  if (token.startsWith('{{')) return histogramPoints(token);
  const series = /^([-+]?(?:[\d.]+(?:[eE][-+]?\d+)?|0x[\da-fA-F]+|Inf|inf|NaN|nan))(?:([-+])([\d.]+(?:[eE][-+]?\d+)?|Inf|NaN))?(?:x(\d+))?$/.exec(token);
  if (series === null) throw new Error(`no point: ${token}`);
  const first = numberOf(series[1] as string) as number;
  const by = series[3] === undefined ? 0 : (numberOf(series[3]) as number) * (series[2] === '-' ? -1 : 1);
  const points: Point[] = [];
  let value = first;
  for (let left = Number(series[4] ?? 0); left >= 0; left--) {
    points.push({ value, hintGiven: false });
    value += by;
  }
  return points;
}

function histogramPoints(token: string): Point[] {
  const series = /^\{\{(.*?)\}\}(?:([-+])\{\{(.*?)\}\})?(?:x(\d+))?$/.exec(token);
  if (series === null) throw new Error(`no histogram: ${token}`);
  const hintGiven = (series[1] as string).includes('counter_reset_hint');
  const by = series[3] === undefined ? null : histogramOf(series[3]);
  let histogram = histogramOf(series[1] as string);
  const points: Point[] = [];
  for (let left = Number(series[4] ?? 0); left >= 0; left--) {
    points.push({ value: histogram, hintGiven });
    if (by !== null) histogram = ((series[2] === '-' ? subtract : add)(histogram, by) as { histogram: NativeHistogram }).histogram;
  }
  return points;
}

/** `schema:1 sum:3 count:22 buckets:[5 10 7]`. */
function histogramOf(text: string): NativeHistogram {
  const fields = new Map([...text.matchAll(/([a-z_]+)\s*:\s*(\[[^\]]*\]|\S+)/g)].map(([, name, value]) => [name as string, value as string]));
  const number = (name: string): number => numberOf(fields.get(name) ?? '0') as number;
  const numbers = (name: string): number[] => (fields.get(name) ?? '[]').slice(1, -1).trim().split(/\s+/).filter((one) => one !== '').map((one) => numberOf(one) as number);
  const buckets = (name: string, offset: string): ReadonlyMap<number, number> => bucketCounts(numbers(name).map((count, at) => [number(offset) + at, count] as const));
  return {
    ...EMPTY_HISTOGRAM, schema: number('schema'), sum: number('sum'), count: number('count'), zeroCount: number('z_bucket'), zeroThreshold: number('z_bucket_w'),
    bounds: numbers('custom_values'), positive: buckets('buckets', 'offset'), negative: buckets('n_buckets', 'n_offset'), hint: (fields.get('counter_reset_hint') ?? 'unknown') as ResetHint,
  };
}

/** `-30s-1mx2 _`: by point, how far from its time its counter began, in ms. */
export function startOffsets(text: string): (number | null)[] {
  return text.split(/\s+/).flatMap((token) => {
    const none = /^_(?:x(\d+))?$/.exec(token);
    if (none !== null) return Array.from({ length: Number(none[1] ?? 1) }, () => null);
    const series = /^([-+]?)(\d+(?:[a-wyz]+)?)(?:([-+])(\d+[a-wyz]+))?(?:x(\d+))?$/.exec(token);
    if (series === null) throw new Error(`no start: ${token}`);
    const ms = (sign: string | undefined, duration: string | undefined): number => (duration === undefined ? 0 : Math.round((durationSeconds(duration) ?? Number(duration)) * 1000) * (sign === '-' ? -1 : 1));
    const first = ms(series[1], series[2]);
    const by = ms(series[3], series[4]);
    return Array.from({ length: Number(series[5] ?? 0) + 1 }, (_, at) => first + at * by);
  });
}
