import { aLabDay } from '../../support/fault-lab.ts';
import type { Night } from '../../support/a-drill.ts';

/** The lab on a calm day, and somebody at its prompt. */
export class LabServer {
  readonly day: Night;

  constructor(until = '1m') {
    this.day = aLabDay().until(until);
  }

  /** Types a line; what came of it, as one text. */
  types(line: string): string {
    return this.day.drill.command('responder-1', line).text.join('\n');
  }

  /** Runs SQL by psql in the database's own pod, without heads. */
  sql(text: string, options = '-tA'): string {
    return this.types(`kubectl -n shop exec sts/postgres -- psql ${options} -c "${text}"`).replace(/\n?command terminated.*$/, '');
  }

  redis(command: string): string {
    return this.types(`kubectl -n shop exec deploy/redis -- redis-cli ${command}`);
  }

  kafka(tool: string, args: string): string {
    return this.types(`kubectl -n shop exec deploy/kafka -- ${tool} --bootstrap-server localhost:9092 ${args}`).replace(/\n?command terminated.*$/, '');
  }

  begin(kind: string, target: string, settings: Readonly<Record<string, string | number>> = {}): () => void {
    return this.day.drill.cluster.beginFault(kind, target, settings);
  }

  until(moment: string): this {
    this.day.until(moment);
    return this;
  }

  /** The last value of a metric. */
  metric(name: Parameters<LabServer['day']['drill']['cluster']['metrics']['recent']>[0], subject: string): number {
    return this.day.drill.cluster.metrics.recent(name, subject, 1)[0] ?? NaN;
  }

  /** How many times as long as described statements on a table take now, and the share of them that fails. */
  statements(table: string): { readonly factor: number; readonly fails: number } {
    for (const { routes } of this.day.drill.cluster.traffic.flow.layout.variants) {
      for (const { ops } of routes) for (const op of ops) if (op.kind === 'query' && op.table === table) return { factor: op.way.factor, fails: op.way.errors };
    }
    throw new Error(`nobody works on ${table}`);
  }
}
