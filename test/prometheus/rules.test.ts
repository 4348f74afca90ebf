import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatComplaint } from '../../src/yaml/complaint.ts';
import { Labels } from '../../src/promql/labels.ts';
import { readRules } from '../../src/prometheus/rules/read-rules.ts';
import { RuleEngine } from '../../src/prometheus/rules/rule-engine.ts';
import { filledIn } from '../../src/prometheus/rules/template.ts';
import { SampleStore } from '../../src/prometheus/sample-store.ts';
import { parseDurationMs } from '../../src/time/sim-time.ts';
import { parseSeries } from '../promql/series-language.ts';

function complaintsOf(text: string): string[] {
  return readRules('rules.yaml', text).complaints.map(formatComplaint);
}

describe('a file of rules', () => {
  test('of the web shop is well', () => {
    const { groups, complaints } = readRules('rules.yaml', readFileSync('scenarios/clusters/webshop/rules.yaml', 'utf8'));
    expect(complaints).toEqual([]);
    expect(groups.flatMap(({ rules }) => rules).length).toBe(11);
  });

  test('says where its PromQL is wrong, in the line and column of the file', () => {
    expect(complaintsOf('groups:\n  - name: a\n    rules:\n      - alert: Slow\n        expr: rate(up) > 1\n')).toEqual([
      'rules.yaml:5:20: This is no PromQL: expected type range vector in call to function "rate", got instant vector. [promql]',
    ]);
    expect(complaintsOf('groups:\n  - name: a\n    rules:\n      - record: b\n        expr: |\n          sum(up)\n            by job\n')).toEqual([
      'rules.yaml:7:16: This is no PromQL: unexpected identifier "job" in grouping opts, expected "(". [promql]',
    ]);
  });

  test('says what it does not understand', () => {
    expect(complaintsOf('groups:\n  - name: a\n    interal: 5s\n    rules:\n      - alert: b\n        expr: up\n        for: soon\n        annotations: {summary: "{{ query `up` }}"}\n')).toEqual([
      'rules.yaml:3:5: A group has no "interal". Did you mean "interval"? [unknown-key]',
      'rules.yaml:7:14: This is no duration. Write it as 30s, 5m or 1h30m. [duration]',
      'rules.yaml:8:32: {{ query `up` }} is not understood here. Use $labels.NAME and $value, with humanize, humanizePercentage, humanizeDuration, humanize1024 or printf. [template]',
    ]);
    expect(complaintsOf('groups: {}\n')).toEqual(['rules.yaml:1:9: This has to be a list. [rules]']);
  });
});

interface UnitTest {
  readonly input_series: readonly { readonly series: string; readonly values: string }[];
  readonly alert_rule_test: readonly { readonly eval_time: string; readonly alertname: string; readonly exp_alerts?: readonly { readonly exp_labels: Record<string, string>; readonly exp_annotations: Record<string, string> }[] }[];
}

test("the shop's rules do what their unit tests say, which promtool runs as well", () => {
  const { groups } = readRules('rules.yaml', readFileSync('scenarios/clusters/webshop/rules.yaml', 'utf8'));
  const { tests: [given] } = parse(readFileSync('test/prometheus/webshop-rules.yaml', 'utf8')) as { tests: readonly [UnitTest] };
  const store = new SampleStore();
  const engine = new RuleEngine(groups, store);
  const series = given.input_series.map(({ series: labels, values }) => parseSeries(`${labels} ${values}`));
  for (let nth = 0; nth <= 40; nth++) {
    store.begin(nth * 15_000);
    for (const { labels, points } of series) {
      const point = points[nth];
      if (typeof point === 'object' && typeof point.value === 'number') store.add(labels.get('__name__'), Object.fromEntries(labels.without(['__name__']).entries()), {}, point.value);
    }
    engine.evaluate(nth * 15_000);
    store.end();
    for (const { eval_time: at, alertname, exp_alerts: expected = [] } of given.alert_rule_test) {
      if (parseDurationMs(at) !== nth * 15_000) continue;
      const firing = engine.active().filter(({ state, labels }) => state === 'firing' && labels.get('alertname') === alertname);
      expect(firing.map(({ labels, annotations }) => ({ exp_labels: Object.fromEntries(labels.without(['alertname']).entries()), exp_annotations: annotations })), `${alertname} at ${at}`).toEqual(expected);
    }
  }
});

describe('an alert', () => {
  const { groups } = readRules('rules.yaml', 'groups:\n  - name: a\n    interval: 15s\n    rules:\n      - {record: "job:errors:sum", expr: sum by (job) (errors)}\n      - alert: Errors\n        expr: job:errors:sum > 5\n        for: 30s\n        keep_firing_for: 30s\n        labels: {severity: page}\n        annotations: {summary: "{{ $labels.job }} has {{ $value }}"}\n');

  /** Feeds one value each 15 s; answers what the alert was then. */
  function statesOf(values: readonly number[]): string[] {
    const store = new SampleStore();
    const engine = new RuleEngine(groups, store);
    return values.map((value, at) => {
      const atMs = 1_000_000 + at * 15_000;
      store.begin(atMs);
      store.add('errors', { job: 'shop' }, {}, value);
      engine.evaluate(atMs);
      store.end();
      return engine.active().map(({ state, annotations }) => `${state}: ${annotations['summary'] ?? ''}`).join() || 'inactive';
    });
  }

  test('is pending, fires after its time, goes on for a while, and ends', () => {
    expect(statesOf([1, 9, 9, 9, 2, 2, 2])).toEqual(['inactive', 'pending: shop has 9', 'pending: shop has 9', 'firing: shop has 9', 'firing: shop has 9', 'firing: shop has 9', 'inactive']);
  });

  test('that was only pending ends at once', () => {
    expect(statesOf([9, 2, 9])).toEqual(['pending: shop has 9', 'inactive', 'pending: shop has 9']);
  });
});

test.each([
  ['{{ $value | humanize }}', 1_234_567, '1.235M'],
  ['{{ $value | humanize }}', 0.0012, '1.2m'],
  ['{{ $value | humanize1024 }}B', 3_221_225_472, '3GiB'],
  ['{{ $value | humanizePercentage }}', 0.1234, '12.34%'],
  ['{{ $value | humanizeDuration }}', 3_725, '1h 2m 5s'],
  ['{{ $value | humanizeDuration }}', 0.25, '250ms'],
  ['{{ printf "%.1f" $value }} s', 2.345, '2.3 s'],
  ['{{ $value | printf "%.0f" }}%', 41.7, '42%'],
  ['{{ $labels.pod }} of {{ .Labels.job | toUpper }}', 1, 'a-1 of SHOP'],
])('%s of %d is %s', (text, value, said) => {
  expect(filledIn(text, Labels.of([['pod', 'a-1'], ['job', 'shop']]), value)).toBe(said);
});
