import type { Expr } from '../../promql/ast.ts';
import type { Labels } from '../../promql/labels.ts';
import { bucketsOf, isCustom, type NativeHistogram } from '../../promql/native-histogram.ts';
import { parse } from '../../promql/parse.ts';
import { pretty } from '../../promql/printed.ts';
import { PromqlError } from '../../promql/promql-error.ts';
import { instantQuery, rangeQuery, type Answer, type Answered } from '../../promql/query.ts';
import { isHistogram, type Value } from '../../promql/series.ts';
import { numberText } from '../exposition.ts';
import { SCRAPE_INTERVAL_S, type Monitoring } from '../monitoring.ts';
import { failed, json, type HttpAnswer, type Parameters } from './answers.ts';
import { queryTree } from './query-tree.ts';
import { invalid, neededTime, stepMs, timeOf } from './parameters.ts';

const MOST_POINTS = 11_000;

/** `/api/v1/query`. */
export function query(monitoring: Monitoring, parameters: Parameters): HttpAnswer {
  const atMs = timeOf(parameters, 'time', monitoring.nowMs);
  if (typeof atMs !== 'number') return atMs;
  const options = optionsOf(parameters);
  if ('status' in options) return options;
  return answered(atMs, () => instantQuery(textOf(parameters), monitoring.samples, atMs, options));
}

/** `/api/v1/query_range`. */
export function queryRange(monitoring: Monitoring, parameters: Parameters): HttpAnswer {
  const fromMs = neededTime(parameters, 'start');
  if (typeof fromMs !== 'number') return fromMs;
  const toMs = neededTime(parameters, 'end');
  if (typeof toMs !== 'number') return toMs;
  if (toMs < fromMs) return invalid('end', 'end timestamp must not be before start time');
  const text = parameters.get('step')?.[0] ?? '';
  const step = stepMs(text);
  if (step === null) return invalid('step', `cannot parse ${JSON.stringify(text)} to a valid duration`);
  if (step <= 0) return invalid('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  if ((toMs - fromMs) / step > MOST_POINTS) return failed(400, 'bad_data', 'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)');
  const options = optionsOf(parameters);
  if ('status' in options) return options;
  return answered(toMs, () => rangeQuery(textOf(parameters), monitoring.samples, { fromMs, toMs, stepMs: step }, options));
}

/** `/api/v1/format_query`: the expression as Prometheus writes it. */
export function formatted(parameters: Parameters): HttpAnswer {
  return parsed(parameters, (expr) => pretty(expr, textOf(parameters)));
}

/** `/api/v1/parse_query`: the expression as a tree. */
export function tree(parameters: Parameters): HttpAnswer {
  return parsed(parameters, queryTree);
}

/** `/api/v1/query_exemplars`: nobody keeps any here. */
export function exemplars(parameters: Parameters): HttpAnswer {
  return parsed(parameters, () => []);
}

function parsed(parameters: Parameters, answer: (expr: Expr) => unknown): HttpAnswer {
  try {
    return json(answer(parse(textOf(parameters))));
  } catch (error) {
    return wrong(error);
  }
}

function textOf(parameters: Parameters): string {
  return parameters.get('query')?.[0] ?? '';
}

function optionsOf(parameters: Parameters): { readonly lookbackMs?: number; readonly subqueryStepMs: number } | HttpAnswer {
  const subqueryStepMs = SCRAPE_INTERVAL_S * 1000;
  const timeout = parameters.get('timeout')?.[0] ?? '';
  if (timeout !== '' && stepMs(timeout) === null) return invalid('timeout', `cannot parse ${JSON.stringify(timeout)} to a valid duration`);
  const text = parameters.get('lookback_delta')?.[0] ?? '';
  if (text === '') return { subqueryStepMs };
  const lookbackMs = stepMs(text);
  return lookbackMs === null || lookbackMs <= 0 ? invalid('lookback_delta', `error parsing lookback delta duration: cannot parse ${JSON.stringify(text)} to a valid duration`) : { lookbackMs, subqueryStepMs };
}

function answered(atMs: number, ask: () => Answered): HttpAnswer {
  try {
    const { answer, warnings, infos } = ask();
    return json(outward(answer, atMs), warnings, infos);
  } catch (error) {
    return wrong(error);
  }
}

function wrong(error: unknown): HttpAnswer {
  if (!(error instanceof PromqlError)) throw error;
  return error.ofText ? invalid('query', error.message) : failed(422, 'execution', error.message);
}

function outward(answer: Answer, atMs: number): object {
  const seconds = atMs / 1000;
  switch (answer.type) {
    case 'scalar': return { resultType: 'scalar', result: [seconds, numberText(answer.value)] };
    case 'string': return { resultType: 'string', result: [seconds, answer.value] };
    case 'vector': return { resultType: 'vector', result: answer.samples.map(({ labels, value }) => ({ metric: metric(labels), ...(isHistogram(value) ? { histogram: [seconds, histogram(value)] } : { value: [seconds, numberText(value)] }) })) };
    case 'matrix': return { resultType: 'matrix', result: answer.series.map(({ labels, times, values }) => ({ metric: metric(labels), ...points(times, values) })) };
  }
}

function points(times: readonly number[], values: readonly Value[]): object {
  const floats = values.flatMap((value, at) => (isHistogram(value) ? [] : [[(times[at] as number) / 1000, numberText(value)]]));
  const histograms = values.flatMap((value, at) => (isHistogram(value) ? [[(times[at] as number) / 1000, histogram(value)]] : []));
  return { ...(floats.length > 0 ? { values: floats } : {}), ...(histograms.length > 0 ? { histograms } : {}) };
}

export function metric(labels: Labels): Readonly<Record<string, string>> {
  return Object.fromEntries(labels.entries());
}

/** Each bucket as which of its bounds belong to it (0 upper, 1 lower, 2 none, 3 both), its bounds and its count. */
function histogram(of: NativeHistogram): object {
  const buckets = bucketsOf(of).map(({ lower, upper, count }) => {
    const bounds = isCustom(of) ? (lower === -Infinity ? 3 : 0) : lower < 0 && upper > 0 ? 3 : upper <= 0 ? 1 : 0;
    return [bounds, numberText(lower), numberText(upper), numberText(count)];
  });
  return { count: numberText(of.count), sum: numberText(of.sum), ...(buckets.length > 0 ? { buckets } : {}) };
}
