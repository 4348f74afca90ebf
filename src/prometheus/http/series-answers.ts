import { compareLabels, type Labels } from '../../promql/labels.ts';
import type { Monitoring } from '../monitoring.ts';
import { failed, json, type HttpAnswer, type Parameters } from './answers.ts';
import { invalid, selectorsOf, timeOf } from './parameters.ts';
import { metric } from './query-answers.ts';

/** `/api/v1/series`. */
export function seriesAnswer(monitoring: Monitoring, parameters: Parameters): HttpAnswer {
  if ((parameters.get('match[]') ?? []).length === 0) return failed(400, 'bad_data', 'no match[] parameter provided');
  const found = labelsFound(monitoring, parameters);
  return 'status' in found ? found : limited(found.all.toSorted(compareLabels).map(metric), parameters);
}

/** `/api/v1/labels`. */
export function labelNames(monitoring: Monitoring, parameters: Parameters): HttpAnswer {
  const found = labelsFound(monitoring, parameters);
  if ('status' in found) return found;
  return limited(sorted(new Set(found.all.flatMap((labels) => [...labels.entries()].map(([name]) => name)))), parameters);
}

/** `/api/v1/label/NAME/values`. */
export function labelValues(monitoring: Monitoring, name: string, parameters: Parameters): HttpAnswer {
  if (!/^[a-zA-Z_]\w*$/.test(name)) return failed(400, 'bad_data', `invalid label name: ${JSON.stringify(name)}`);
  const found = labelsFound(monitoring, parameters);
  if ('status' in found) return found;
  return limited(sorted(new Set(found.all.map((labels) => labels.get(name)).filter((value) => value !== ''))), parameters);
}

/** `/api/v1/metadata`. */
export function metadata({ families }: Monitoring, parameters: Parameters): HttpAnswer {
  const limit = Number(parameters.get('limit')?.[0] ?? Infinity);
  if (Number.isNaN(limit)) return failed(400, 'bad_data', 'limit must be a number');
  const wanted = parameters.get('metric')?.[0] ?? '';
  const entries = [...families].filter(([name]) => wanted === '' || name === wanted).slice(0, limit < 0 ? Infinity : limit);
  return json(Object.fromEntries(entries.map(([name, { type, help }]) => [name, [{ type, help, unit: '' }]])));
}

/** No more than were asked for, with a word on what was left out. */
function limited(all: readonly unknown[], parameters: Parameters): HttpAnswer {
  const text = parameters.get('limit')?.[0] ?? '';
  if (text === '') return json(all);
  if (!/^\d+$/.test(text)) return invalid('limit', `cannot parse ${JSON.stringify(text)} to a valid limit`);
  const limit = Number(text);
  return limit === 0 || all.length <= limit ? json(all) : json(all.slice(0, limit), ['results truncated due to limit']);
}

/** The labels of all series that any of the selectors means, within the times asked for. */
function labelsFound({ samples, nowMs }: Monitoring, parameters: Parameters): { readonly all: readonly Labels[] } | HttpAnswer {
  const fromMs = timeOf(parameters, 'start', -Infinity);
  if (typeof fromMs !== 'number') return fromMs;
  const toMs = timeOf(parameters, 'end', nowMs);
  if (typeof toMs !== 'number') return toMs;
  const selectors = selectorsOf(parameters);
  if ('status' in selectors) return selectors;
  const found = new Map<string, Labels>();
  for (const matchers of selectors.all.length === 0 ? [[]] : selectors.all) {
    for (const { labels } of samples.select(matchers, fromMs, toMs)) found.set(labels.key, labels);
  }
  return { all: [...found.values()] };
}

function sorted(texts: Iterable<string>): string[] {
  return [...texts].toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
}
