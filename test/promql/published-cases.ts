import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runCases, type CaseResult } from './run-cases.ts';

const HELP = `PROMQL_CASES=FOLDER npm run promql:cases -- [--why] [--write]
Runs every script of cases (*.test) in that folder, such as promql/promqltest/testdata of Prometheus' sources, and counts what
holds. --why says what differs; --write renews PROMQL.md. Exit codes: 0 at least four in five hold; 1 fewer do; 2 there are none.`;

/** What is known not to hold, by a word of the query, and why. */
const REASONS: readonly { readonly of: RegExp; readonly reason: string }[] = [
  { of: /histogram|\bsum|\bavg|_over_time/, reason: 'native histograms: exact sums of buckets beyond 1e15, and some hints on resets that depend on how a database cuts its chunks' },
];

function main(): number {
  const { values } = parseArgs({ options: { why: { type: 'boolean' }, write: { type: 'boolean' }, help: { type: 'boolean' } } });
  const folder = process.env.PROMQL_CASES ?? '';
  const files = folder === '' ? [] : readdirSync(folder).filter((name) => name.endsWith('.test')).toSorted((one, other) => (one < other ? -1 : 1));
  if (values.help === true || files.length === 0) return said(HELP, values.help === true ? 0 : 2);
  const results = files.map((name) => ({ name, cases: runCases(readFileSync(join(folder, name), 'utf8')) }));
  for (const { name, cases } of results) {
    said(`${name} ${passed(cases)}/${cases.length}`, 0);
    if (values.why === true) for (const { line, query, problem } of failed(cases)) said(`  ${name}:${line}: ${query}\n    ${problem}`, 0);
  }
  const all = results.flatMap(({ cases }) => cases);
  said(`${passed(all)} of ${all.length} hold (${percent(all)}%).`, 0);
  if (values.write === true) writeFileSync('PROMQL.md', page(results));
  return passed(all) >= 0.8 * all.length ? 0 : 1;
}

interface FileResult {
  readonly name: string;
  readonly cases: readonly CaseResult[];
}

function page(results: readonly FileResult[]): string {
  const all = results.flatMap(({ cases }) => cases);
  const reasons = new Map<string, number>();
  for (const { query } of failed(all)) {
    const reason = REASONS.find(({ of }) => of.test(query))?.reason ?? 'single cases; `npm run promql:cases -- --why` prints them';
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  return `<!-- Made by \`npm run promql:cases -- --write\`. Do not edit by hand. -->
# PromQL

Metrics of a sandbox are asked for in PromQL, by the same text as of a Prometheus server. Expressions are read with the grammar
that Prometheus publishes for its own editor (\`@prometheus-io/lezer-promql\`); types, errors and evaluation are this program's own.
They are measured against the cases that Prometheus publishes for its engine (\`promql/promqltest/testdata\` in its sources, with
every experimental function on): **${passed(all)} of ${all.length} hold, ${percent(all)}%.** A case counts when values, labels,
timestamps, errors, warnings and their places are all as written there; numbers may differ by a millionth, as in Prometheus' own runner.

| Script | Cases | Hold |
|---|---:|---:|
${results.map(({ name, cases }) => `| ${name} | ${cases.length} | ${passed(cases)} |`).join('\n')}

What does not hold:

${[...reasons].map(([reason, count]) => `- ${count}: ${reason}.`).join('\n')}

To run them: \`PROMQL_CASES=…/promql/promqltest/testdata npm run promql:cases -- --why\`. The cases are not part of this repository.
Metric names are dropped at the end of a query, as Prometheus does with its feature \`promql-delayed-name-removal\`.
\`limit_ratio\` chooses by another hash of the labels than Prometheus, so it may choose other series.

## Asking a sandbox

\`gameday sandbox scenarios/clusters/webshop --prometheus 9090\` serves, at http://127.0.0.1:9090:

- \`/api/v1/query\`, \`query_range\`, \`series\`, \`labels\`, \`label/NAME/values\`, \`metadata\`, \`rules\`, \`alerts\`, \`targets\`, \`format_query\`,
  \`parse_query\`, \`status/…\`: what a Grafana data source or \`promtool query\` asks, as a form or in the URL. Samples are taken every 15 simulated seconds and kept for two simulated hours.
- \`/metrics?target=NAME\`: the page of one target, in text or OpenMetrics; \`/metrics\` alone lists the names. \`/federate?match[]=…\`: the
  newest samples of all. \`/service-discovery.json\`: all targets for a Prometheus of your own:

\`\`\`yaml
scrape_configs:
  - job_name: sandbox
    http_sd_configs: [{url: "http://127.0.0.1:9090/service-discovery.json"}]
\`\`\`

Each pod's own page is also where it would be, in sandboxes without \`--prometheus\` too: at \`/metrics\` of its port, through
\`/api/v1/namespaces/NS/pods/NAME:PORT/proxy/metrics\` of the Kubernetes API, and cAdvisor's at \`/api/v1/nodes/NAME/proxy/metrics/cadvisor\`.
Rules come from \`rules.yaml\` in the cluster's folder, in Prometheus' own format; \`gameday check\` reads it too.

| Target | Names |
|---|---|
| a pod's program | \`http_requests_total\`, \`http_request_duration_seconds\`, \`http_client_request…\`, \`http_server_…\`, \`db_client_…\`, \`process_…\`, and its runtime's \`go_…\`, \`jvm_…\` or \`nodejs_…\` |
| kube-state-metrics | \`kube_pod_…\`, \`kube_deployment_…\`, \`kube_replicaset_…\`, \`kube_statefulset_…\`, \`kube_daemonset_…\`, \`kube_job_…\`, \`kube_horizontalpodautoscaler_…\`, \`kube_poddisruptionbudget_…\`, \`kube_node_…\`, \`kube_namespace_…\`, \`kube_persistentvolumeclaim_…\`, \`kube_resourcequota\`, \`kube_service_info\` |
| cAdvisor | \`container_cpu_…\`, \`container_memory_…\`, \`container_spec_…\`, \`machine_…\` |
| node_exporter | \`node_cpu_seconds_total\`, \`node_load1\`, \`node_memory_…\`, \`node_filesystem_…\`, \`node_nf_conntrack_…\` |
| postgres_exporter, redis_exporter | \`pg_up\`, \`pg_settings_max_connections\`, \`pg_stat_…\`; \`redis_up\`, \`redis_keyspace_…\`, \`redis_memory_used_bytes\` |
| every one | \`up\`, \`scrape_samples_scraped\` |

Where there is a real Prometheus on the machine, \`npm run prometheus:answers\` makes blocks of forty minutes of the web shop with
promtool, and asks it and this program the same: 3,000 random queries, 64 requests as Grafana sends them or gets them wrong, and what
promtool asks; every answer has to be the same (numbers within a billionth). They are chosen so that Debian's 2.42 answers as
Prometheus 3 does. \`npm run prometheus:real\` besides lets it scrape a sandbox for 100 seconds, by discovery and through the
Kubernetes API, and has it read every rate within 2%. Requests of web pages are refused, so there is no use in a browser's own data source.
`;
}

function failed(cases: readonly CaseResult[]): CaseResult[] {
  return cases.filter(({ problem }) => problem !== null);
}

function passed(cases: readonly CaseResult[]): number {
  return cases.length - failed(cases).length;
}

function percent(cases: readonly CaseResult[]): string {
  return ((100 * passed(cases)) / cases.length).toFixed(1);
}

function said<T>(text: string, value: T): T {
  process.stdout.write(`${text}\n`);
  return value;
}

process.exitCode = main();
