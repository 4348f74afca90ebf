import type { ValueType } from './ast.ts';

/** What a function takes and gives. */
export interface Signature {
  readonly args: readonly ValueType[];
  /** How many arguments more than the last but one it takes: 0 none, -1 any number. */
  readonly variadic: number;
  readonly returns: ValueType;
}

const VECTOR: Signature = { args: ['instant vector'], variadic: 0, returns: 'instant vector' };
const RANGE: Signature = { args: ['range vector'], variadic: 0, returns: 'instant vector' };
const CLOCK: Signature = { args: ['instant vector'], variadic: 1, returns: 'instant vector' };
const CONSTANT: Signature = { args: [], variadic: 0, returns: 'scalar' };

const OF_VECTOR = [
  'abs', 'absent', 'acos', 'acosh', 'asin', 'asinh', 'atan', 'atanh', 'ceil', 'cos', 'cosh', 'deg', 'exp', 'floor', 'histogram_avg',
  'histogram_count', 'histogram_stddev', 'histogram_stdvar', 'histogram_sum', 'ln', 'log10', 'log2', 'rad', 'sgn', 'sin', 'sinh',
  'sort', 'sort_desc', 'sqrt', 'tan', 'tanh', 'timestamp', 'start_timestamp',
];
const OF_RANGE = [
  'absent_over_time', 'avg_over_time', 'changes', 'count_over_time', 'delta', 'deriv', 'first_over_time', 'idelta', 'increase', 'irate',
  'last_over_time', 'mad_over_time', 'max_over_time', 'min_over_time', 'present_over_time', 'rate', 'resets', 'stddev_over_time',
  'stdvar_over_time', 'sum_over_time', 'ts_of_first_over_time', 'ts_of_last_over_time', 'ts_of_max_over_time', 'ts_of_min_over_time',
];
const OF_CLOCK = ['day_of_month', 'day_of_week', 'day_of_year', 'days_in_month', 'hour', 'minute', 'month', 'year'];

function gives(returns: ValueType, args: readonly ValueType[], variadic = 0): Signature {
  return { args, variadic, returns };
}

/** Every function by name. Source: promql/parser/functions.go of Prometheus. */
export const SIGNATURES: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ...OF_VECTOR.map((name) => [name, VECTOR] as const),
  ...OF_RANGE.map((name) => [name, RANGE] as const),
  ...OF_CLOCK.map((name) => [name, CLOCK] as const),
  ...['time', 'pi', 'start', 'end', 'step', 'range'].map((name) => [name, CONSTANT] as const),
  ['clamp', gives('instant vector', ['instant vector', 'scalar', 'scalar'])],
  ['clamp_max', gives('instant vector', ['instant vector', 'scalar'])],
  ['clamp_min', gives('instant vector', ['instant vector', 'scalar'])],
  ['double_exponential_smoothing', gives('instant vector', ['range vector', 'scalar', 'scalar'])],
  ['histogram_fraction', gives('instant vector', ['scalar', 'scalar', 'instant vector'])],
  ['histogram_quantile', gives('instant vector', ['scalar', 'instant vector'])],
  ['histogram_quantiles', gives('instant vector', ['instant vector', 'string', 'scalar', 'scalar'], 9)],
  ['info', gives('instant vector', ['instant vector', 'instant vector'], 1)],
  ['max_of', gives('scalar', ['scalar', 'scalar'])],
  ['min_of', gives('scalar', ['scalar', 'scalar'])],
  ['label_join', gives('instant vector', ['instant vector', 'string', 'string', 'string'], -1)],
  ['label_replace', gives('instant vector', ['instant vector', 'string', 'string', 'string', 'string'])],
  ['predict_linear', gives('instant vector', ['range vector', 'scalar'])],
  ['quantile_over_time', gives('instant vector', ['scalar', 'range vector'])],
  ['round', gives('instant vector', ['instant vector', 'scalar'], 1)],
  ['scalar', gives('scalar', ['instant vector'])],
  ['sort_by_label', gives('instant vector', ['instant vector', 'string'], -1)],
  ['sort_by_label_desc', gives('instant vector', ['instant vector', 'string'], -1)],
  ['vector', gives('instant vector', ['scalar'])],
]);
