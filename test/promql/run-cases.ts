import type { Labels } from '../../src/promql/labels.ts';
import type { NativeHistogram } from '../../src/promql/native-histogram.ts';
import { PromqlError } from '../../src/promql/promql-error.ts';
import { instantQuery, rangeQuery, type Answered } from '../../src/promql/query.ts';
import { isHistogram, type Value } from '../../src/promql/series.ts';
import { parseCases, type EvalCommand } from './case-language.ts';
import { CaseStore } from './case-store.ts';
import type { Point } from './series-language.ts';

export interface CaseResult {
  readonly line: number;
  readonly query: string;
  /** What differs; null where nothing does. */
  readonly problem: string | null;
}

/** Every evaluation of a script, in its order. */
export function runCases(text: string): CaseResult[] {
  const results: CaseResult[] = [];
  let store = new CaseStore();
  for (const command of parseCases(text)) {
    if (command.kind === 'clear') store = new CaseStore();
    else if (command.kind === 'load') store.load(command);
    else results.push({ line: command.line, query: command.query, problem: problemOf(command, store) });
  }
  return results;
}

function problemOf(command: EvalCommand, store: CaseStore): string | null {
  const { query, fromMs, toMs, stepMs, expectations } = command;
  let answered: Answered;
  try {
    answered = stepMs === 0 ? instantQuery(query, store, fromMs) : rangeQuery(query, store, { fromMs, toMs, stepMs });
  } catch (error) {
    if (!(error instanceof PromqlError)) return `it broke: ${String(error)}`;
    if (!command.fails) return `it fails: ${error.message}`;
    const missed = expectations.find(({ type, matches }) => type === 'fail' && !matches(error.message));
    return missed === undefined ? null : `it fails with ${JSON.stringify(error.message)}, not with ${JSON.stringify(missed.said)}`;
  }
  if (command.fails) return 'it does not fail';
  return remarksProblem(command, answered) ?? answerProblem(command, answered);
}

function remarksProblem({ expectations }: EvalCommand, { warnings, infos }: Answered): string | null {
  for (const [type, none, texts] of [['warn', 'no_warn', warnings], ['info', 'no_info', infos]] as const) {
    const wanted = expectations.filter((one) => one.type === type);
    if (expectations.some((one) => one.type === none) && texts.length > 0) return `${none}, but: ${texts.join('; ')}`;
    const missed = wanted.find(({ matches }) => !texts.some(matches));
    if (missed !== undefined) return `no ${type} like ${JSON.stringify(missed.said)}, but: ${texts.join('; ')}`;
    const more = wanted.length === 0 ? undefined : texts.find((text) => !wanted.some(({ matches }) => matches(text)));
    if (more !== undefined) return `a ${type} too many: ${more}`;
  }
  return null;
}

function answerProblem(command: EvalCommand, { answer }: Answered): string | null {
  const { series: expected } = command;
  if (answer.type === 'scalar') return command.scalar !== null && almostEqual(answer.value, command.scalar) ? null : `the scalar is ${answer.value}`;
  if (answer.type === 'string') return answer.value === command.string ? null : `the string is ${answer.value}`;
  if (command.scalar !== null) return `a ${answer.type}, not a scalar`;
  const got: readonly { labels: Labels; times: readonly number[]; values: readonly Value[] }[] = answer.type === 'matrix' ? answer.series : answer.samples.map(({ labels, value }) => ({ labels, times: [command.fromMs], values: [value] }));
  if (got.length !== expected.length) return `${got.length} series, not ${expected.length}: ${got.map(({ labels }) => labels.text).join(' ')}`;
  for (const [at, one] of got.entries()) {
    const wanted = command.ordered ? expected[at] : expected.find(({ labels }) => labels.key === one.labels.key);
    if (wanted === undefined || wanted.labels.key !== one.labels.key) return `unexpected ${one.labels.text}`;
    const problem = pointsProblem(command, wanted.points, one);
    if (problem !== null) return `${one.labels.text}: ${problem}`;
  }
  return null;
}

function pointsProblem({ fromMs, stepMs, rangeVector }: EvalCommand, points: readonly Point[], { times, values }: { readonly times: readonly number[]; readonly values: readonly Value[] }): string | null {
  const start = rangeVector?.fromMs ?? fromMs;
  const step = rangeVector?.stepMs ?? stepMs;
  const wanted = points.flatMap((point, at) => (typeof point === 'string' ? [] : [{ atMs: start + at * step, ...point }]));
  const all = (): string => values.map((value, at) => `${textOf(value)}@${times[at] as number}`).join(' ');
  if (wanted.length !== values.length) return `${values.length} points, not ${wanted.length}: ${all()}`;
  for (const [at, { atMs, value, hintGiven }] of wanted.entries()) {
    if (times[at] !== atMs) return `a point at ${times[at]}, not ${atMs}: ${all()}`;
    if (!almostSame(values[at] as Value, value, hintGiven)) return `${textOf(values[at] as Value)}, not ${textOf(value)}`;
  }
  return null;
}

function textOf(value: Value): string {
  return isHistogram(value) ? JSON.stringify({ ...value, positive: [...value.positive], negative: [...value.negative] }) : String(value);
}

function almostSame(got: Value, wanted: Value, hintGiven: boolean): boolean {
  if (!isHistogram(got) || !isHistogram(wanted)) return !isHistogram(got) && !isHistogram(wanted) && almostEqual(got, wanted);
  const counts = (one: NativeHistogram['positive'], other: NativeHistogram['positive']): boolean => one.size === other.size && [...one].every(([index, count]) => almostEqual(other.get(index) ?? Number.NaN, count));
  return got.schema === wanted.schema && almostEqual(got.count, wanted.count) && almostEqual(got.sum, wanted.sum)
    && got.zeroThreshold === wanted.zeroThreshold && almostEqual(got.zeroCount, wanted.zeroCount)
    && got.bounds.length === wanted.bounds.length && got.bounds.every((bound, at) => bound === wanted.bounds[at])
    && counts(got.positive, wanted.positive) && counts(got.negative, wanted.negative) && (!hintGiven || got.hint === wanted.hint);
}

/** Within a millionth, as Prometheus' own runner compares. Source: util/almost. */
function almostEqual(one: number, other: number): boolean {
  if (Number.isNaN(one) || Number.isNaN(other)) return Number.isNaN(one) && Number.isNaN(other);
  if (one === other) return true;
  const size = Math.abs(one) + Math.abs(other);
  const difference = Math.abs(one - other);
  if (one === 0 || other === 0 || size < 2.2250738585072014e-308) return difference < 1e-6 * 2.2250738585072014e-308;
  return difference / Math.min(size, Number.MAX_VALUE) < 1e-6;
}
