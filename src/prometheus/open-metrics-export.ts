import type { Series } from '../promql/series.ts';
import { labelText, numberText, openMetricsHead } from './exposition.ts';
import type { Monitoring } from './monitoring.ts';

/**
 * All samples that are kept, in OpenMetrics 1.0 with their times, a metric at a time: what
 * `promtool tsdb create-blocks-from openmetrics` makes a database of.
 */
export function* openMetricsExport({ samples, families }: Monitoring): Generator<string> {
  const byFamily = new Map<string, Series[]>();
  for (const series of samples.all()) {
    const name = series.labels.get('__name__');
    const base = name.replace(/_(?:bucket|sum|count)$/, '');
    const family = families.get(base)?.type === 'histogram' ? base : name;
    const known = byFamily.get(family);
    if (known === undefined) byFamily.set(family, [series]);
    else known.push(series);
  }
  for (const name of [...byFamily.keys()].toSorted((one, other) => (one < other ? -1 : 1))) {
    const { type, help } = families.get(name) ?? { type: 'gauge', help: '' };
    const head = openMetricsHead(name, type);
    yield `${help === '' ? '' : `# HELP ${head.family} ${help.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}\n`}# TYPE ${head.family} ${head.type}\n`;
    for (const series of byFamily.get(name) as Series[]) yield lines(series);
  }
  yield '# EOF\n';
}

function lines({ labels, times, values }: Series): string {
  const head = `${labels.get('__name__')}${labelText(Object.fromEntries(labels.without(['__name__']).entries()))}`;
  let text = '';
  values.forEach((value, at) => {
    if (typeof value === 'number') text += `${head} ${numberText(value)} ${(times[at] as number) / 1000}\n`;
  });
  return text;
}
