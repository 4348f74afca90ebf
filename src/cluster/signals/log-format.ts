import type { SimMs } from '../../time/sim-time.ts';
import type { LogFormat } from '../spec.ts';

/** What a program has to say, before it is written in the program's own format. */
export interface LogEvent {
  readonly atMs: SimMs;
  /** `log` is what databases call what they always tell. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'log';
  /** The whole of it as a line of plain text has it, behind the level. */
  readonly text: string;
  /** As a structured line has it. Only made where the format asks for it: taking a text apart costs more than all the rest of a line. */
  readonly structured: () => Structured;
  readonly trace: { readonly traceId: string; readonly spanId: string } | null;
}

/** What a line says in words, and the fields beside, in order. */
export interface Structured {
  readonly message: string;
  readonly fields: Fields;
}

export type Fields = Readonly<Record<string, string | number>>;

/** One line, as a container prints it. `epochMs` is the Unix time in ms of simulated time 0. */
export function logText(event: LogEvent, format: LogFormat, epochMs: number): string {
  if (format === 'text') return `${event.level.toUpperCase().padEnd(5)} ${event.text}`;
  const { traceId, spanId } = event.trace ?? {};
  const ids = traceId === undefined ? {} : { trace_id: traceId, ...(spanId === undefined ? {} : { span_id: spanId }) };
  const time = new Date(epochMs + event.atMs).toISOString();
  const level = event.level === 'log' ? 'info' : event.level;
  const { message, fields } = event.structured();
  if (format === 'json') return JSON.stringify({ time, level, msg: message, ...ids, ...fields });
  return Object.entries({ ts: time, level, msg: message, ...ids, ...fields }).map(([key, value]) => `${key}=${logfmtValue(value)}`).join(' ');
}

/** Quoted where a reader of logfmt would otherwise take it apart. */
function logfmtValue(value: string | number): string {
  const text = String(value);
  return text === '' || /[\s="\\]/.test(text) ? JSON.stringify(text) : text;
}

/** A request's line: `home request=1b2c3d4e could not …` in plain text, with fields behind as `key=value`. */
export function requestEvent(atMs: SimMs, level: LogEvent['level'], route: string, request: string, message: string, fields: Fields = {}): LogEvent {
  const behind = Object.entries(fields).map(([key, value]) => ` ${key}=${typeof value === 'string' && /\s/.test(value) ? `"${value}"` : value}`).join('');
  return { atMs, level, text: `${route} request=${request} ${message}${behind}`, structured: () => ({ message, fields: { route: `/${route}`, request_id: request, ...fields } }), trace: null };
}

/** A line of nobody's request. */
export function plainEvent(atMs: SimMs, level: LogEvent['level'], text: string): LogEvent {
  return { atMs, level, text, structured: () => takenApart(text), trace: null };
}

/** The words of a line, and its `key=value`s as fields. */
export function takenApart(text: string): Structured {
  const fields: Record<string, string | number> = {};
  const words = text.split(' ').filter((word) => {
    const [, key, value = ''] = /^([a-z]\w*)=(.+)$/.exec(word) ?? [];
    if (key === undefined) return true;
    fields[key] = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
    return false;
  });
  return { message: words.join(' '), fields };
}
