import { closeSync, openSync, writeSync } from 'node:fs';
import { Command } from 'commander';
import type { Cluster } from '../cluster/cluster.ts';
import { otlpTraces, surroundingsOf } from '../cluster/signals/otlp.ts';
import type { Drill } from '../drill/drill.ts';
import { replayDrill } from '../drill/replay.ts';
import { readTimelineFile } from '../outside/journal-reading.ts';
import { Monitoring } from '../prometheus/monitoring.ts';
import { openMetricsExport } from '../prometheus/open-metrics-export.ts';
import { readScenario } from '../scenario/read.ts';
import { RestDoor } from './rest-door.ts';

/** What can be written of a drill that was played, by the option that names the file. */
const EXPORTS = {
  traces: { what: 'the requests that were sampled, as OTLP JSON, for any tracing backend', text: tracesText },
  logs: { what: "every container's lines, one JSON object each as Fluent Bit writes them", text: logsText },
  changes: { what: 'the change log, one JSON object an entry', text: changesText },
  metrics: { what: 'all metrics, in OpenMetrics with their times, as promtool makes blocks of', text: metricsText },
} as const satisfies Record<string, { readonly what: string; readonly text: (drill: Drill, monitoring: Monitoring | null) => string | Iterable<string> }>;

type ExportName = keyof typeof EXPORTS;

/** `gameday export`: plays a timeline again and writes what its cluster showed. Exit codes: 0 written; 1 the timeline cannot be played again; 2 the call was wrong. */
export function exportCommand(): Command {
  const command = new Command('export')
    .summary("write a drill's metrics, traces and logs for other tools")
    .description("Play a drill's timeline again and write what its cluster showed, in the formats of other tools. Two hours of a drill are kept at most.")
    .argument('<drill>', 'directory of the drill, or its timeline.jsonl');
  for (const [name, { what }] of Object.entries(EXPORTS)) command.option(`--${name} <file>`, `${what}; - for the standard output`);
  return command.action(async (path: string, options: Partial<Record<ExportName, string>>) => {
    process.exitCode = await run(path, options);
  });
}

async function run(path: string, options: Partial<Record<ExportName, string>>): Promise<0 | 1 | 2> {
  const wanted = (Object.keys(EXPORTS) as ExportName[]).filter((name) => options[name] !== undefined);
  if (wanted.length === 0) return refuse(2, `Say what to write: ${Object.keys(EXPORTS).map((name) => `--${name} FILE`).join(', ')}`);
  const file = await readTimelineFile(path);
  if ('refusal' in file) return refuse(file.why === 'unreadable' ? 2 : 1, file.refusal);
  const { timeline } = file;
  const { scenario, complaints } = readScenario(timeline.header.files, timeline.header.scenario.file);
  if (scenario === null) return refuse(1, `The scenario in ${file.path} cannot be read by this version: ${complaints[0]?.problem ?? 'it is missing'}`);
  let monitoring: Monitoring | null = null;
  const measured = wanted.includes('metrics') ? { onCluster: (cluster: Cluster) => void (monitoring = new Monitoring(cluster)) } : {};
  const { drill, difference } = replayDrill(timeline, scenario, { door: (again) => new RestDoor(again), ...measured });
  if (difference !== null && !ofGhosts(difference.recorded)) return refuse(1, `${file.path}: This version plays it otherwise from event ${difference.seq} on, so what it would show is not what was seen.`);
  for (const name of wanted) {
    const target = options[name] as string;
    let lines: number;
    try {
      lines = write(target, EXPORTS[name].text(drill, monitoring));
    } catch (error) {
      return refuse(2, `${target} cannot be written: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
    if (target !== '-') process.stderr.write(`${target}: ${lines} lines\n`);
  }
  return 0;
}

/** Writes a text, whole or in pieces; returns how many lines it has. */
function write(target: string, text: string | Iterable<string>): number {
  const file = target === '-' ? null : openSync(target, 'w');
  let lines = 0;
  try {
    for (const piece of typeof text === 'string' ? [text] : text) {
      lines += piece.split('\n').length - 1;
      if (file === null) process.stdout.write(piece);
      else writeSync(file, piece);
    }
  } finally {
    if (file !== null) closeSync(file);
  }
  return lines;
}

/** The ghosts are not played again: they show nothing of this drill. */
function ofGhosts(recorded: string): boolean {
  return /"type":"(?:ghost-measured|drill-ended)"/.test(recorded) || recorded === '';
}

function refuse(code: 1 | 2, sentence: string): 1 | 2 {
  process.stderr.write(`${sentence}\n`);
  return code;
}

/** One request to a collector, in one line, as its file receiver reads it. */
function tracesText({ cluster, scenario }: Drill): string {
  const epochMs = scenario.startsAtMs;
  return `${JSON.stringify(otlpTraces(cluster.traces.all, surroundingsOf(cluster.traffic.places, epochMs)))}\n`;
}

function metricsText(_drill: Drill, monitoring: Monitoring | null): Iterable<string> {
  return monitoring === null ? [] : openMetricsExport(monitoring);
}

function logsText({ cluster, scenario }: Drill): string {
  const epochMs = scenario.startsAtMs;
  return cluster.everyLog().map(({ atMs, namespace, pod, container, text }) =>
    `${JSON.stringify({ time: new Date(epochMs + atMs).toISOString(), stream: /"level":"error"|level=error|^ERROR/.test(text) ? 'stderr' : 'stdout', log: text, kubernetes: { namespace_name: namespace, pod_name: pod, container_name: container } })}\n`).join('');
}

function changesText({ cluster, scenario }: Drill): string {
  const epochMs = scenario.startsAtMs;
  return cluster.changes.entries.map(({ atMs, who, what, details }) => `${JSON.stringify({ time: new Date(epochMs + atMs).toISOString(), who, what, ...(details === undefined ? {} : { details }) })}\n`).join('');
}
