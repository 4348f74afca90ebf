import { utf8Length } from './checksum.ts';
import { isObject, quote, wrongField, type Field } from './kind.ts';
import { FORMAT_VERSION, HEADER_START, SEAL_LENGTH, factStart, isCause, isTime, lineSeal, type LineEnd } from './line.ts';
import { FIELDS_OF_FACT, FIELDS_OF_HEADER } from './shapes.ts';
import type { Fact, Timeline, TimelineHeader } from './timeline.ts';

export type TimelineReading =
  | {
      readonly timeline: Timeline;
      /** Where a last line begins that was never finished (and so never acknowledged), or null. Its bytes are to be cut off. */
      readonly torn: { readonly atByte: number; readonly line: number } | null;
      /** What the next line follows on. */
      readonly end: LineEnd;
    }
  | { readonly damage: Damage };

/** Why a timeline cannot be trusted, in a sentence, and from which line on: 1 is the header's. */
interface Damage {
  readonly line: number;
  readonly problem: string;
}

/**
 * Reads a timeline from the bytes of its file, or from their text.
 *
 * Only a last line without its newline may be dropped, and only where it is the honest beginning of the line that is
 * due: it was being written when the power went. Anything else that is not as it was written is damage.
 */
export function readTimeline(source: Uint8Array | string): TimelineReading {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  let lineEnd = bytes.indexOf(NEWLINE);
  if (lineEnd === -1) return damaged(1, problemWithoutHeader(bytes));
  const first = readHeader(bytes.subarray(0, lineEnd));
  if ('problem' in first) return damaged(1, first.problem);

  const { header } = first;
  const facts: Fact[] = [];
  let end: LineEnd = first.end;
  let lineStart = lineEnd + 1;
  while (lineStart < bytes.length) {
    lineEnd = bytes.indexOf(NEWLINE, lineStart);
    const line = facts.length + 2;
    if (lineEnd === -1) {
      if (isTorn(bytes.subarray(lineStart), end)) return { timeline: { header, facts }, torn: { atByte: lineStart, line }, end };
      return damaged(line, 'the last line does not end as a line should, and is not just cut off either');
    }
    const next = readFact(bytes.subarray(lineStart, lineEnd), end, header);
    if ('problem' in next) return damaged(line, next.problem);
    facts.push(next.fact);
    end = next.end;
    lineStart = lineEnd + 1;
  }
  return { timeline: { header, facts }, torn: null, end };
}

interface Problem {
  readonly problem: string;
}

const NEWLINE = 10;
/** Fatal: bytes that are no UTF-8 must not be replaced silently. A byte order mark is a character like others. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function damaged(line: number, problem: string): TimelineReading {
  return { damage: { line, problem } };
}

function readHeader(bytes: Uint8Array): { readonly header: TimelineHeader; readonly end: LineEnd } | Problem {
  const line = readSealed(bytes);
  if ('problem' in line) return line;
  if (!line.signed.startsWith(HEADER_START)) return { problem: 'this is no timeline of gameday' };
  const { format, version, header: written } = (parseObject(line.json) ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof version === 'number' && version > FORMAT_VERSION) return { problem: newerVersion(version, written) };
  const body = bodyAfter(line.signed, `${HEADER_START}${FORMAT_VERSION},"len":`, ',"header":');
  if (body === null || !isObject(written)) return { problem: 'the header is not laid out as headers are' };
  const wrong = wrongField(FIELDS_OF_HEADER, written);
  if (wrong !== null) return { problem: `"${wrong.name}" of the header is not ${wrong.kind.what}` };
  const extra = extraField(written, FIELDS_OF_HEADER, []);
  if (extra !== null) return { problem: `the header holds ${extra}, which no header has` };
  const header = { format, version, ...written } as unknown as TimelineHeader;
  return { header, end: { seq: 0, atMs: -Infinity, sum: line.sum } };
}

function readFact(bytes: Uint8Array, before: LineEnd, header: TimelineHeader): { readonly fact: Fact; readonly end: LineEnd } | Problem {
  const line = readSealed(bytes);
  if ('problem' in line) return line;
  const seq = before.seq + 1;
  const start = factStart(before);
  if (!line.signed.startsWith(start)) return { problem: outOfPlace(line.json, seq) };
  const body = bodyAfter(line.signed, start, FACT_NAME);
  const written = body === null ? null : parseObject(body);
  if (written === null) return { problem: 'the fact is not laid out as facts are' };
  const fact = { seq, ...written } as Fact;
  const problem = problemOfFact(fact, before, header);
  return problem === null ? { fact, end: { seq, atMs: fact.atMs, sum: line.sum } } : { problem };
}

/** What is wrong with a fact whose bytes are as they were written: somebody else's gameday wrote it, or a hand. */
function problemOfFact(fact: Fact, before: LineEnd, header: TimelineHeader): string | null {
  const fields = FIELDS_OF_FACT.get(fact.type);
  if (fields === undefined) {
    return `a fact of the type ${shown(fact.type)} is unknown to this gameday (gameday ${shown(header.engine)} wrote it)`;
  }
  if (fact.seq !== before.seq + 1) return 'the fact holds a sequence number of its own';
  if (!Number.isSafeInteger(fact.atMs)) return `the fact's time, ${shown(fact.atMs)} ms, is no whole number of milliseconds`;
  if (!isTime(fact.atMs, before)) return `the fact's time, ${shown(fact.atMs)} ms, is not at or after ${before.atMs} ms, the time of the fact before`;
  if (!isCause(fact.causeSeq, fact.seq)) return `the fact follows from ${shown(fact.causeSeq)}, which is no fact before it`;
  const wrong = wrongField(fields, fact);
  if (wrong !== null) return `"${wrong.name}" of ${fact.type} is not ${wrong.kind.what}`;
  const extra = extraField(fact, fields, PLACE_OF_FACT);
  return extra === null ? null : `${fact.type} holds ${extra}, which it does not have`;
}

/** A line whose bytes are as they were written, without newline and seal. */
interface SealedLine {
  readonly signed: string;
  readonly json: string;
  readonly sum: string;
}

function readSealed(bytes: Uint8Array): SealedLine | Problem {
  const line = decode(bytes);
  if (line === null) return { problem: 'the line holds bytes that are no text; they were changed after they were written' };
  const signed = line.slice(0, -SEAL_LENGTH);
  if (line.length <= SEAL_LENGTH || !line.endsWith(lineSeal(signed))) {
    return { problem: 'the line does not match its checksum; it was changed after it was written' };
  }
  return { signed, json: line, sum: line.slice(-18, -2) };
}

/** The text after `start`, a length and `name`, where it is as long as that says. */
function bodyAfter(signed: string, start: string, name: string): string | null {
  const nameAt = signed.indexOf(',', start.length);
  if (nameAt === -1 || !signed.startsWith(start) || !signed.startsWith(name, nameAt)) return null;
  const body = signed.slice(nameAt + name.length);
  return signed.slice(start.length, nameAt) === String(utf8Length(body)) ? body : null;
}

function outOfPlace(json: string, dueSeq: number): string {
  const { seq } = (parseObject(json) ?? {}) as Readonly<Record<string, unknown>>;
  if (seq === dueSeq) return `fact ${dueSeq} is of another timeline, or follows on a line that was changed`;
  if (typeof seq === 'number') return `fact ${shown(seq)} stands where fact ${dueSeq} is due; lines are missing, doubled or in another order`;
  return `the line is no fact, and fact ${dueSeq} is due`;
}

function newerVersion(version: number, header: unknown): string {
  const engine = isObject(header) && 'engine' in header ? ` by gameday ${shown(header.engine)}` : '';
  return `the timeline was written${engine} in format ${version}; this gameday reads formats up to ${FORMAT_VERSION}. Use a newer gameday`;
}

function problemWithoutHeader(bytes: Uint8Array): string {
  const written = withoutUnwrittenBlocks(bytes);
  const start = decode(written.subarray(0, HEADER_START.length));
  if (start === null || !HEADER_START.startsWith(start)) return 'this is no timeline of gameday';
  return 'the drill ended before even its header was on disk; there is nothing to resume';
}

/**
 * Whether bytes without a newline are how the line that follows on `before` begins. What can be checked of them is.
 * A whole line that lacks only its newline was not acknowledged and counts as cut off; one with another byte in the
 * newline's place may have been, and does not.
 */
function isTorn(bytes: Uint8Array, before: LineEnd): boolean {
  const written = withoutUnwrittenBlocks(bytes);
  const tail = ONE_BYTE_EACH.decode(written);
  const start = factStart(before);
  if (tail.length <= start.length) return start.startsWith(tail);
  const [, length, rest] = LENGTH_AND_REST.exec(tail.slice(start.length)) as unknown as [string, string, string];
  if (!tail.startsWith(start)) return false;
  if (rest.length <= FACT_NAME.length) return FACT_NAME.startsWith(rest);
  if (!rest.startsWith(FACT_NAME)) return false;
  const sealAt = start.length + length.length + FACT_NAME.length + Number(length);
  if (tail.length <= sealAt) return true;
  const signed = decode(written.subarray(0, sealAt));
  const seal = signed === null ? '' : lineSeal(signed);
  return seal.startsWith(tail.slice(sealAt)) && (tail.length < sealAt + SEAL_LENGTH || written.length === bytes.length);
}

const FACT_NAME = ',"fact":';
const LENGTH_AND_REST = /^(\d*)(.*)$/s;
/** Only for finding where in the bytes something stands: one character for each byte. */
const ONE_BYTE_EACH = new TextDecoder('latin1');

/** After a power cut a file can be longer than what was written to it: the rest is zeros, which no line holds. */
function withoutUnwrittenBlocks(bytes: Uint8Array): Uint8Array {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return bytes.subarray(0, length);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

function parseObject(json: string): object | null {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const PLACE_OF_FACT = ['seq', 'type', 'atMs', 'causeSeq'];

/** A field that is neither in the shape nor in the place, where all of those are there, or null. */
function extraField(holder: object, shape: readonly Field[], place: readonly string[]): string | null {
  const names = Object.keys(holder);
  if (names.length === shape.length + place.length) return null;
  return shown(names.find((name) => !place.includes(name) && !shape.some((field) => field.name === name)));
}

/** A value out of a file as a message may show it. */
function shown(value: unknown): string {
  const json = typeof value === 'string' ? quote(value.slice(0, 60)) : JSON.stringify(value);
  return json === undefined ? 'nothing' : json.slice(0, 80);
}
