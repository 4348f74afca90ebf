import { Die } from '../../src/time/dice.ts';

/**
 * Queries as people and dashboards write them, over the metrics of a sandbox, by dice. Only what Prometheus 2.42, which
 * Debian packs, knows as well and answers as later versions do; and nothing whose answer is a matter of taste: ties of `topk`, names that are dropped late, steps in what is summed in another order.
 */
export function randomQuery(seed: number, nth: number): string {
  return vector(new Die(seed, `query/${nth}`), 3);
}

const COUNTERS = ['http_requests_total', 'http_client_requests_total', 'container_cpu_usage_seconds_total', 'process_cpu_seconds_total', 'node_cpu_seconds_total', 'http_request_duration_seconds_count', 'http_request_duration_seconds_sum', 'redis_keyspace_hits_total'];
const GAUGES = ['http_server_active_requests', 'container_memory_working_set_bytes', 'db_client_connections_usage', 'node_load1', 'up', 'kube_pod_status_phase', 'kube_deployment_status_replicas_available', 'process_resident_memory_bytes', 'pg_stat_activity_count'];
const LABELS = ['service', 'job', 'namespace', 'pod', 'handler', 'instance', 'code', 'node'];
const MATCHERS = ['namespace="shop"', 'job=~"st.*|cart"', 'service!="storefront"', 'code="200"', 'code!~"5.."', 'pod!=""', 'handler=""', 'job=~".+"', 'service=~"c.*"', 'instance!~"10\\\\.2.*"'];
const RANGES = ['1m', '2m', '5m', '90s', '10m'];
const OVER_TIME = ['avg', 'min', 'max', 'sum', 'count', 'last', 'stddev', 'stdvar', 'present', 'quantile'];
const OF_COUNTERS = ['rate', 'increase', 'irate', 'resets', 'changes', 'delta', 'idelta', 'deriv'];
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'stddev', 'stdvar', 'group', 'quantile'];
const MATHS = ['abs', 'exp', 'ln', 'log2', 'log10', 'sqrt', 'sort', 'deg'];
const ARITHMETIC = ['+', '-', '*', '/', '%', '^'];
const COMPARISON = ['==', '!=', '>', '<', '>=', '<='];

function vector(die: Die, depth: number): string {
  if (depth === 0) return selector(die, die.pick([COUNTERS, GAUGES]));
  const inner = (): string => vector(die, depth - 1);
  return die.pick<() => string>([
    () => selector(die, GAUGES),
    () => `${die.pick(OF_COUNTERS)}(${selector(die, COUNTERS, `[${die.pick(RANGES)}]`)})`,
    () => overTime(die, selector(die, GAUGES, `[${die.pick(RANGES)}]`)),
    () => overTime(die, `(${flat(die)})[${die.pick(['5m', '8m'])}:${die.pick(['30s', '1m', ''])}]${die.roll(4) === 0 ? ' offset 1m' : ''}`),
    () => aggregation(die, inner()),
    () => aggregation(die, inner()),
    () => `${die.pick(MATHS)}(${inner()})`,
    () => `${die.pick(['ceil', 'floor', 'round', 'sgn'])}(${selector(die, die.pick([COUNTERS, GAUGES]))})`,
    () => `clamp_${die.pick(['min', 'max'])}(${inner()}, ${number(die)})`,
    () => `(${inner()}) ${die.pick(ARITHMETIC)} ${number(die)}`,
    () => `${number(die)} ${die.pick(['+', '-', '*', '/'])} (${inner()})`,
    () => `(${inner()}) ${die.pick(COMPARISON)} ${die.pick(['', 'bool '])}${number(die)}`,
    () => between(die),
    () => between(die),
    () => `histogram_quantile(${die.pick(['0.513', '0.9', '0.951', '0.99'])}, sum by (le, ${die.pick(LABELS)}) (${die.pick(['rate', 'increase'])}(${selector(die, ['http_request_duration_seconds_bucket', 'http_client_request_duration_seconds_bucket'], `[${die.pick(RANGES)}]`)})))`,
    () => `label_replace(${inner()}, "${die.pick(['fresh', 'job'])}", "$1-x", "${die.pick(LABELS)}", "(..?).*")`,
    () => `label_join(${inner()}, "both", "/", "job", "pod")`,
    () => `absent(${selector(die, ['nothing_such', ...GAUGES])})`,
    () => `(${inner()}) ${die.pick(['and', 'unless'])} on (${die.pick(LABELS)}) (${inner()})`,
    () => `predict_linear(${die.pick(GAUGES)}{${die.pick(MATCHERS)}}[5m], 600)`,
    () => `count_values${die.pick(['', ' by (job)', ' without (pod)'])} ("value", ${selector(die, GAUGES)})`,
    () => `(${inner()}) and on () (${die.pick(['minute()', 'hour()', 'vector(1)', 'day_of_week()'])} ${die.pick(COMPARISON)} ${die.roll(30)})`,
  ])();
}

/** What is within a subquery: no other one, whose steps would lie on the edges of its own. */
function flat(die: Die): string {
  const rate = `rate(${selector(die, COUNTERS, `[${die.pick(RANGES)}]`)})`;
  return die.pick([rate, rate, `${die.pick(['sum', 'max', 'count'])} by (${die.pick(LABELS)}) (${rate})`, selector(die, GAUGES), between(die)]);
}

function selector(die: Die, names: readonly string[], range = ''): string {
  const matchers = Array.from({ length: die.roll(3) }, () => die.pick(MATCHERS));
  const after = die.pick(['', '', '', '', ' offset 2m', ' offset -30s', ' @ start()', ' @ end()']);
  return `${die.pick(names)}${matchers.length === 0 ? '' : `{${matchers.join(',')}}`}${range}${after}`;
}

function overTime(die: Die, range: string): string {
  const name = die.pick(OVER_TIME);
  return `${name}_over_time(${name === 'quantile' ? '0.9, ' : ''}${range})`;
}

function aggregation(die: Die, inner: string): string {
  const name = die.pick(AGGREGATIONS);
  const labels = Array.from({ length: 1 + die.roll(2) }, () => die.pick(LABELS)).join(', ');
  const parameter = name === 'quantile' ? '0.75, ' : '';
  return `${name}${die.pick([` by (${labels})`, ` without (${labels})`, '', ` by (${labels})`])} (${parameter}${inner})`;
}

/** Two vectors of which both sides have each label once. */
function between(die: Die): string {
  const label = die.pick(LABELS);
  const side = (): string => `${die.pick(['sum', 'max', 'avg', 'count'])} by (${label}) (${die.pick([`rate(${selector(die, COUNTERS, '[5m]')})`, selector(die, GAUGES)])})`;
  const how = die.pick(['', ` on (${label})`, ` ignoring (absent)`]);
  if (die.roll(4) === 0) return `rate(${selector(die, COUNTERS, '[5m]')}) ${die.pick(['/', '*', '+'])} on (${label}) group_left () ${side()}`;
  return die.roll(5) === 0 ? `${side()} or ${side()}` : `${side()} ${die.pick([...ARITHMETIC, ...COMPARISON])}${how} ${side()}`;
}

function number(die: Die): string {
  return die.pick(['0', '1', '2', '-1', '0.5', '1e3', '100', '3.7', 'NaN']);
}
