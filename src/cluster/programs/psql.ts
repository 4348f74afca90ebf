import type { Call } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { readAll, writeOut } from '../shell/streams.ts';
import { optionsOf } from './command.ts';

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** `psql`: connects as the real one does, refused connections and too many of them included, and answers what responders ask first. */
export function* psql(call: Call): Steps {
  const { values, flags, rest } = optionsOf(call.args, 'hpUdcvfF');
  const url = /^postgres(?:ql)?:\/\/(?:[^@/]*@)?([^:/?]+)(?::(\d+))?/.exec(rest[0] ?? values.get('d') ?? '');
  const host = url?.[1] ?? values.get('h') ?? call.env.get('PGHOST') ?? 'localhost';
  const port = Number(url?.[2] ?? values.get('p') ?? call.env.get('PGPORT') ?? 5432);
  const to = call.machine.connect(host, port);
  const fail = (words: string): number => {
    call.io.stderr.write(`psql: error: ${words}\n`);
    return 2;
  };
  yield* sleep(call.task, to.to === 'nowhere' ? 12 : Math.min(to.tookMs, 134_000));
  if (to.to === 'nowhere') return fail(`could not translate host name "${host}" to address: Name or service not known`);
  const at = `connection to server at "${host}" (${to.ip}), port ${port} failed: `;
  if (to.to === 'silence') return fail(`${at}Connection timed out\n\tIs the server running on that host and accepting TCP/IP connections?`);
  if (to.to === 'refused') return fail(`${at}Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?`);
  if (to.speaks !== 'postgres') return fail(`${at}received invalid response to SSL negotiation: H`);
  const truth = call.machine.database(to);
  if (truth.open >= truth.maxConnections - RESERVED) return fail(`${at}FATAL:  sorry, too many clients already`);
  const statements = values.has('c') ? [values.get('c') as string] : (yield* readAll(call.task, call.io.stdin)).split(';').filter((text) => text.trim() !== '');
  let code = 0;
  for (const statement of statements) {
    yield* sleep(call.task, Math.max(1, Math.round(truth.stretch)));
    const table = answer(statement, truth);
    if (table === null) {
      const word = statement.trim().split(/\s+/)[0] ?? '';
      call.io.stderr.write(`ERROR:  ${/^(?:select|show)$/i.test(word) ? `permission denied for relation in "${statement.trim().slice(0, 60)}"` : `syntax error at or near "${word}"\nLINE 1: ${statement.trim()}\n        ^`}\n`);
      code = 1;
    } else yield* writeOut(call.task, call.io.stdout, flags.has('t') || flags.has('A') ? table.rows.map((row) => `${flags.has('A') ? '' : ' '}${row.join('|')}\n`).join('') : drawn(table));
  }
  return code;
}

/** Connections that only a superuser gets. */
const RESERVED = 3;

/** What the database knows of itself. */
export interface DatabaseTruth {
  readonly open: number;
  readonly maxConnections: number;
  /** How many times as long as usual a statement takes. */
  readonly stretch: number;
  readonly version: string;
}

function answer(statement: string, truth: DatabaseTruth): Table | null {
  const text = statement.trim().replace(/;$/, '').trim();
  const one = (column: string, value: string): Table => ({ columns: [column], rows: [[value]] });
  if (/^select\s+(\d+)$/i.test(text)) return one('?column?', text.split(/\s+/)[1] as string);
  if (/^show\s+max_connections$/i.test(text)) return one('max_connections', String(truth.maxConnections));
  if (/^select\s+version\(\)$/i.test(text)) return one('version', `PostgreSQL ${truth.version} on x86_64-pc-linux-gnu, compiled by gcc, 64-bit`);
  if (/^show\s+server_version$/i.test(text)) return one('server_version', truth.version);
  if (/^select\s+now\(\)$/i.test(text)) return one('now', '');
  if (/^select\s+count\(\*\)\s+from\s+pg_stat_activity$/i.test(text)) return one('count', String(truth.open + 6));
  if (/^select\s+count\(\*\)\s+from\s+pg_stat_activity\s+where\s+state\s*=\s*'(active|idle|idle in transaction)'$/i.test(text)) {
    const state = /'([^']*)'/.exec(text)?.[1];
    return one('count', String(state === 'active' ? Math.min(truth.open, Math.ceil(truth.stretch)) : state === 'idle' ? Math.max(0, truth.open - Math.ceil(truth.stretch)) : 0));
  }
  if (/^select\s+(?:state\s*,\s*count\(\*\)|count\(\*\)\s*,\s*state)\s+from\s+pg_stat_activity\s+group\s+by\s+(?:state|1|2)/i.test(text)) {
    const active = Math.min(truth.open, Math.ceil(truth.stretch));
    return { columns: ['state', 'count'], rows: [['active', String(active)], ['idle', String(truth.open - active)], ['', '6']] };
  }
  if (text.startsWith('\\l')) return { columns: ['Name', 'Owner', 'Encoding'], rows: [['postgres', 'postgres', 'UTF8'], ['template0', 'postgres', 'UTF8'], ['template1', 'postgres', 'UTF8']] };
  if (text.startsWith('\\conninfo')) return { columns: [], rows: [] };
  return null;
}

function drawn({ columns, rows }: Table): string {
  const widths = columns.map((column, nth) => Math.max(column.length, ...rows.map((row) => (row[nth] ?? '').length)));
  const centred = (text: string, width: number): string => ` ${' '.repeat(Math.floor((width - text.length) / 2))}${text}${' '.repeat(Math.ceil((width - text.length) / 2))} `;
  const head = columns.map((column, nth) => centred(column, widths[nth] as number)).join('|').trimEnd();
  const cells = rows.map((row) => row.map((value, nth) => (/^[\d.]+$/.test(value) ? ` ${value.padStart(widths[nth] as number)} ` : ` ${value.padEnd(widths[nth] as number)} `)).join('|').trimEnd());
  return `${head}\n${widths.map((width) => '-'.repeat(width + 2)).join('+')}\n${cells.map((row) => `${row}\n`).join('')}(${rows.length} row${rows.length === 1 ? '' : 's'})\n\n`;
}
