import { durationSeconds, numberOf, unquoted } from '../../src/promql/literals.ts';
import type { InstantMs } from '../../src/promql/series.ts';
import { parseSeries, startOffsets, type Described } from './series-language.ts';

/** One command of a script of cases. Source of the language: promql/promqltest/README.md of Prometheus. */
export type Command =
  | { readonly kind: 'clear' }
  | { readonly kind: 'load'; readonly stepMs: number; readonly withCustomHistograms: boolean; readonly series: readonly LoadedSeries[] }
  | EvalCommand;

export interface LoadedSeries extends Described {
  /** By point, how far from its time its counter began; null where that is not said. */
  readonly startOffsetsMs: readonly (number | null)[];
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly fromMs: InstantMs;
  readonly toMs: InstantMs;
  /** 0 for an instant. */
  readonly stepMs: number;
  readonly fails: boolean;
  readonly ordered: boolean;
  readonly expectations: readonly Expectation[];
  /** The times of a range vector that an instant query should answer. */
  readonly rangeVector: { readonly fromMs: InstantMs; readonly stepMs: number } | null;
  readonly string: string | null;
  readonly scalar: number | null;
  readonly series: readonly Described[];
}

interface Expectation {
  readonly type: 'fail' | 'warn' | 'info' | 'no_warn' | 'no_info' | 'ordered';
  readonly matches: (text: string) => boolean;
  readonly said: string;
}

const INSTANT = /^eval(?:_(fail|warn|info|ordered))?\s+instant\s+(?:at\s+(\S+))?\s+(.+)$/i;
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/i;

/** The commands of a script. Throws on what is no command. */
export function parseCases(text: string): Command[] {
  const lines = text.split('\n').map((line) => (line.trim().startsWith('#') ? '' : line.trim()));
  const commands: Command[] = [];
  for (let at = 0; at < lines.length;) {
    const line = lines[at] as string;
    const block: string[] = [];
    let next = at + 1;
    if (line !== '' && !/^clear\b/i.test(line)) {
      while (next < lines.length && lines[next] !== '') block.push(lines[next++] as string);
    }
    if (line !== '') commands.push(commandOf(line, block, at + 1));
    at = next;
  }
  return commands;
}

function commandOf(line: string, block: readonly string[], number: number): Command {
  if (/^clear\b/i.test(line)) return { kind: 'clear' };
  const load = /^load(_with_nhcb)?\s+(\S+)$/i.exec(line);
  if (load !== null) return { kind: 'load', stepMs: durationOf(load[2] as string), withCustomHistograms: load[1] !== undefined, series: loadedSeries(block) };
  const instant = INSTANT.exec(line);
  if (instant !== null) {
    const atMs = instant[2] === undefined ? 0 : durationOf(instant[2]);
    return evalOf({ line: number, query: instant[3] as string, fromMs: atMs, toMs: atMs, stepMs: 0, mode: instant[1] }, block);
  }
  const range = RANGE.exec(line);
  if (range === null) throw new Error(`line ${number} is no command: ${line}`);
  return evalOf({ line: number, query: range[5] as string, fromMs: durationOf(range[2] as string), toMs: durationOf(range[3] as string), stepMs: durationOf(range[4] as string), mode: range[1] }, block);
}

function durationOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const plain = text.replace(/^-/, '');
  const seconds = durationSeconds(plain) ?? Number(plain);
  return Math.round(sign * seconds * 1000);
}

function loadedSeries(block: readonly string[]): LoadedSeries[] {
  const series: LoadedSeries[] = [];
  let offsets: (number | null)[] = [];
  for (const line of block) {
    const start = /^(\S+)@st\s+(.+)$/.exec(line);
    if (start !== null) {
      offsets = startOffsets(start[2] as string);
      continue;
    }
    series.push({ ...parseSeries(line), startOffsetsMs: offsets });
    offsets = [];
  }
  return series;
}

interface Head {
  readonly line: number;
  readonly query: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly mode: string | undefined;
}

function evalOf({ mode, ...head }: Head, block: readonly string[]): EvalCommand {
  const expectations: Expectation[] = [];
  const series: Described[] = [];
  let rangeVector: EvalCommand['rangeVector'] = null;
  let string: string | null = null;
  let scalar: number | null = null;
  if (mode === 'warn' || mode === 'info') expectations.push({ type: mode, matches: () => true, said: '' });
  for (const line of block) {
    const vector = /^expect range vector from (\S+) to (\S+) step (\S+)$/.exec(line);
    const text = /^expect string (.+)$/.exec(line);
    const failure = /^expected_fail_(message|regexp)\s+(.+)$/.exec(line);
    if (vector !== null) rangeVector = { fromMs: durationOf(vector[1] as string), stepMs: durationOf(vector[3] as string) };
    else if (text !== null) string = unquoted(text[1] as string);
    else if (failure !== null) expectations.push(expectationOf('fail', failure[1] === 'message' ? 'msg' : 'regex', failure[2] as string));
    else if (line.startsWith('expect ')) {
      const expect = /^expect\s+(\w+)(?:\s+(msg|regex):(.*))?$/.exec(line);
      if (expect === null) throw new Error(`line ${head.line}: ${line} is no expectation`);
      expectations.push(expectationOf(expect[1] as Expectation['type'], expect[2], (expect[3] ?? '').trim()));
    } else {
      const number = numberOf(line);
      if (number === null) series.push(parseSeries(line));
      else scalar = number;
    }
  }
  const has = (type: Expectation['type']): boolean => expectations.some((one) => one.type === type);
  return { kind: 'eval', ...head, fails: mode === 'fail' || has('fail'), ordered: mode === 'ordered' || has('ordered'), expectations, rangeVector, string, scalar, series };
}

function expectationOf(type: Expectation['type'], how: string | undefined, said: string): Expectation {
  if (how === undefined) return { type, matches: () => true, said };
  if (how === 'msg') return { type, matches: (text) => text === said, said };
  const regex = new RegExp(said, 'u');
  return { type, matches: (text) => regex.test(text), said };
}
