import { SCRAPE_INTERVAL_S, type Monitoring } from '../monitoring.ts';
import { failed, json, type HttpAnswer, type Parameters } from './answers.ts';

/** `/api/v1/targets`. */
export function targets(monitoring: Monitoring, host: string, parameters: Parameters): HttpAnswer {
  const state = parameters.get('state')?.[0]?.toLowerCase() ?? '';
  const pool = parameters.get('scrapePool')?.[0] ?? '';
  const wanted = state === 'dropped' ? [] : [...monitoring.targets()].filter(([, { labels }]) => pool === '' || labels.job === pool);
  const activeTargets = wanted.map(([name, { labels, path }]) => {
    const last = monitoring.lastScrape(name);
    const scrapeUrl = `http://${host}/metrics?target=${encodeURIComponent(name)}`;
    return {
      discoveredLabels: { __address__: labels.instance, __metrics_path__: path, __scheme__: 'http', job: labels.job }, labels, scrapePool: labels.job, scrapeUrl, globalUrl: scrapeUrl,
      lastError: last !== null && !last.up ? 'server returned HTTP status 503 Service Unavailable' : '', lastScrape: new Date(last?.atMs ?? 0).toISOString(), lastScrapeDuration: 0,
      health: last === null ? 'unknown' : last.up ? 'up' : 'down', scrapeInterval: `${SCRAPE_INTERVAL_S}s`, scrapeTimeout: '10s',
    };
  });
  return json({ activeTargets, droppedTargets: [], droppedTargetCounts: {} });
}

/** `/api/v1/scrape_pools`. */
export function scrapePools(monitoring: Monitoring): HttpAnswer {
  return json({ scrapePools: [...new Set([...monitoring.targets().values()].map(({ labels }) => labels.job))].toSorted((one, other) => (one < other ? -1 : 1)) });
}

/** `/api/v1/targets/metadata`: what metrics each target has, of one metric or all. */
export function targetsMetadata(monitoring: Monitoring, parameters: Parameters): HttpAnswer {
  const text = parameters.get('limit')?.[0] ?? '';
  if (text !== '' && !/^-?\d+$/.test(text)) return failed(400, 'bad_data', 'limit must be a number');
  const wanted = parameters.get('metric')?.[0] ?? '';
  const all = [...monitoring.targets().values()].flatMap((target) => [...(target.scrape()?.families ?? [])].filter(({ name }) => wanted === '' || name === wanted).map(({ name, type, help }) => ({ target: target.labels, ...(wanted === '' ? { metric: name } : {}), type, help, unit: '' })));
  return json(text === '' || Number(text) < 0 ? all : all.slice(0, Number(text)));
}

/** All targets as `http_sd_configs` of another Prometheus takes them: every one behind this server's address. */
export function discovery(monitoring: Monitoring, host: string): object {
  return [...monitoring.targets()].map(([name, { labels }]) => ({ targets: [host], labels: { ...labels, __metrics_path__: '/metrics', __param_target: name } }));
}
