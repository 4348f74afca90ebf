import type { Monitoring } from '../monitoring.ts';
import { failed, json, type HttpAnswer, type Parameters } from './answers.ts';

/** As what a client takes this server: Grafana turns its features on and off by the version. */
export const BUILD = { version: '2.55.1', revision: '', branch: 'HEAD', buildUser: '', buildDate: '', goVersion: 'go1.23.2' };

export function runtimeInfo({ measured: { clock }, samples, nowMs }: Monitoring): object {
  const startTime = new Date(clock.unixMs(0)).toISOString();
  return { startTime, CWD: '/prometheus', hostname: 'prometheus-0', serverTime: new Date(nowMs).toISOString(), reloadConfigSuccess: true, lastConfigTime: startTime, corruptionCount: 0, goroutineCount: 40, GOMAXPROCS: 2, GOMEMLIMIT: 9_223_372_036_854_776_000, GOGC: '', GODEBUG: '', storageRetention: '2h', timeSeriesCount: samples.size };
}

interface Stat {
  readonly name: string;
  readonly value: number;
}

/** `/api/v1/status/tsdb`: what there is most of. */
export function storage({ samples }: Monitoring, parameters: Parameters): HttpAnswer {
  const text = parameters.get('limit')?.[0] ?? '10';
  const limit = Number(text);
  if (!/^\d+$/.test(text) || limit < 1) return failed(400, 'bad_data', 'limit must be a positive number');
  const names = new Map<string, number>();
  const pairs = new Map<string, number>();
  const values = new Map<string, Set<string>>();
  let minTime = Infinity;
  let maxTime = -Infinity;
  for (const { labels, times } of samples.all()) {
    minTime = Math.min(minTime, times[0] ?? Infinity);
    maxTime = Math.max(maxTime, times.at(-1) ?? -Infinity);
    for (const [label, value] of labels.entries()) {
      if (label === '__name__') count(names, value);
      count(pairs, `${label}=${value}`);
      const known = values.get(label);
      if (known === undefined) values.set(label, new Set([value]));
      else known.add(value);
    }
  }
  const sizes = [...values].map(([name, all]): Stat => ({ name, value: all.size }));
  const bytes = [...values].map(([name, all]): Stat => ({ name, value: [...all].reduce((sum, value) => sum + value.length, 0) }));
  const most = (all: readonly Stat[]): Stat[] => all.toSorted((one, other) => other.value - one.value || (one.name < other.name ? -1 : 1)).slice(0, limit);
  return json({
    headStats: { numSeries: samples.size, numLabelPairs: pairs.size, chunkCount: samples.size, minTime, maxTime },
    seriesCountByMetricName: most(stats(names)), labelValueCountByLabelName: most(sizes), memoryInBytesByLabelName: most(bytes), seriesCountByLabelValuePair: most(stats(pairs)),
  });
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function stats(counts: ReadonlyMap<string, number>): Stat[] {
  return [...counts].map(([name, value]) => ({ name, value }));
}
