import { SCRAPE_INTERVAL_S, type Monitoring } from '../monitoring.ts';
import { json, type HttpAnswer } from './answers.ts';

/** `/api/v1/targets`. */
export function targets(monitoring: Monitoring, host: string): HttpAnswer {
  const activeTargets = [...monitoring.targets()].map(([name, { labels, path }]) => {
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

/** All targets as `http_sd_configs` of another Prometheus takes them: every one behind this server's address. */
export function discovery(monitoring: Monitoring, host: string): object {
  return [...monitoring.targets()].map(([name, { labels }]) => ({ targets: [host], labels: { ...labels, __metrics_path__: '/metrics', __param_target: name } }));
}
