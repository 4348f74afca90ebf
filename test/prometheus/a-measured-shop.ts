import type { AgendaEntry } from '../../src/cluster/agenda-entry.ts';
import { Cluster, CLUSTER_BORN_MS } from '../../src/cluster/cluster.ts';
import { loadCluster } from '../../src/commands/load-cluster.ts';
import { answerHttp } from '../../src/prometheus/http/http-api.ts';
import { Monitoring } from '../../src/prometheus/monitoring.ts';
import type { RuleGroup } from '../../src/prometheus/rules/rule.ts';
import { Agenda } from '../../src/time/agenda.ts';
import { parseDurationMs } from '../../src/time/sim-time.ts';

/** The web shop with its monitoring, for tests that read like an incident. Time 0 is 2026-02-10T03:10:00Z. */
export class AMeasuredShop {
  readonly cluster: Cluster;
  readonly monitoring: Monitoring;
  readonly #agenda: Agenda<AgendaEntry>;

  private constructor(agenda: Agenda<AgendaEntry>, cluster: Cluster, monitoring: Monitoring) {
    this.#agenda = agenda;
    this.cluster = cluster;
    this.monitoring = monitoring;
  }

  static async open(rules: readonly RuleGroup[] = []): Promise<AMeasuredShop> {
    const { agenda, cluster } = await aShop();
    const shop = new AMeasuredShop(agenda, cluster, new Monitoring(cluster, rules));
    shop.wait('0s');
    return shop;
  }

  wait(duration: string): void {
    runUntil(this.#agenda, Math.max(0, this.#agenda.nowMs) + (parseDurationMs(duration) as number));
  }

  /** The HTTP API's data, or its whole answer where that is an error. */
  get(path: string, parameters: Readonly<Record<string, string>> = {}): unknown {
    const { body } = this.answer(path, parameters);
    const parsed = JSON.parse(body) as { status: string; data: unknown };
    return parsed.status === 'success' ? parsed.data : parsed;
  }

  answer(path: string, parameters: Readonly<Record<string, string>> = {}): { readonly status: number; readonly body: string } {
    return answerHttp(this.monitoring, { method: 'GET', path, parameters: new Map(Object.entries(parameters).map(([name, value]) => [name, [value]])), accept: '', host: '127.0.0.1:9090' });
  }

  /** Values of an instant query by the label that tells its elements apart. */
  query(query: string, by = 'service'): Map<string, number> {
    const { result } = this.get('/api/v1/query', { query }) as { result: readonly { metric: Record<string, string>; value: [number, string] }[] };
    return new Map(result.map(({ metric, value }) => [metric[by] ?? '', Number(value[1])]));
  }
}

/** The web shop, measured by nobody. */
export async function aShop(): Promise<{ readonly agenda: Agenda<AgendaEntry>; readonly cluster: Cluster }> {
  const loaded = await loadCluster('scenarios/clusters/webshop', true);
  if ('complaints' in loaded) throw new Error(loaded.complaints.join('\n'));
  const { spec } = loaded;
  const agenda = new Agenda<AgendaEntry>(CLUSTER_BORN_MS);
  return { agenda, cluster: new Cluster({ agenda, seed: 7, epochMs: Date.parse('2026-02-10T03:10:00Z'), spec, tooSlowMs: () => Infinity, onAlert: () => undefined }) };
}

export function runUntil(agenda: Agenda<AgendaEntry>, untilMs: number): void {
  for (let entry = agenda.take(untilMs); entry !== null; entry = agenda.take(untilMs)) entry.due(agenda.nowMs);
  if (untilMs > agenda.nowMs) agenda.moveTo(untilMs);
}
