import { checksum, utf8Length } from './checksum.ts';
import { writeFields, wrongField, type Field } from './kind.ts';
import { FIELDS_OF_FACT, FIELDS_OF_HEADER } from './shapes.ts';
import type { Fact, Timeline, TimelineHeader } from './timeline.ts';

/**
 * A timeline as JSON Lines in UTF-8, each line ended by one newline: the header, then a line for each fact.
 *
 *     {"format":"gameday-timeline","version":1,"len":812,"header":{…},"sum":"0c9d6f2ba41e7733"}
 *     {"seq":1,"prev":"0c9d6f2ba41e7733","len":58,"fact":{"type":"claimed","atMs":61000,"causeSeq":null,…},"sum":"…"}
 *
 * `len` is the number of bytes of the header or the fact; `sum` is the {@link checksum} of all bytes of the line before
 * `,"sum"`; `prev` is the `sum` of the line before, which chains every line to all before it. The order of fields and
 * the writing of values are fixed, so the same facts give the same bytes. A fact's `seq` stands outside of it.
 * Every version of the format keeps the first two fields of the header and the place of `sum`.
 */
export interface Line extends LineEnd {
  /** The whole line with its newline. */
  readonly text: string;
}

/** What the next line follows on: the sequence number and time of the line before (0 and −∞ for the header's), and its checksum. */
export interface LineEnd {
  readonly seq: number;
  readonly atMs: number;
  readonly sum: string;
}

export const FORMAT_VERSION = 1;

/** The first line. Throws on a header that could not be read back: a bug of ours. */
export function headerLine(header: TimelineHeader): Line {
  insist(FIELDS_OF_HEADER, header, 'the header');
  const body = `{${writeFields(FIELDS_OF_HEADER, header).slice(1)}}`;
  const signed = `${HEADER_START}${FORMAT_VERSION},"len":${utf8Length(body)},"header":${body}`;
  return seal(signed, 0, -Infinity);
}

/** The line of a fact that follows `before`. Throws on a gap, on time that goes back, on a fact that could not be read back: bugs of ours. */
export function factLine(fact: Fact, before: LineEnd): Line {
  const { seq, atMs, causeSeq, type } = fact;
  if (seq !== before.seq + 1) throw new Error(`journal: fact ${seq} cannot follow fact ${before.seq}`);
  if (!isTime(atMs, before)) throw new Error(`journal: fact ${seq} at ${atMs} ms cannot follow one at ${before.atMs} ms`);
  if (!isCause(causeSeq, seq)) throw new Error(`journal: fact ${seq} cannot follow from fact ${causeSeq}`);
  const fields = FIELDS_OF_FACT.get(type);
  if (fields === undefined) throw new Error(`journal: facts of type ${type} have no shape`);
  insist(fields, fact, type);
  const body = `{"type":"${type}","atMs":${atMs},"causeSeq":${causeSeq}${writeFields(fields, fact)}}`;
  return seal(`${factStart(before)}${utf8Length(body)},"fact":${body}`, seq, atMs);
}

/** The whole file's text. */
export function timelineText(timeline: Timeline): string {
  let line = headerLine(timeline.header);
  const texts = [line.text];
  for (const fact of timeline.facts) {
    line = factLine(fact, line);
    texts.push(line.text);
  }
  return texts.join('');
}

/** What a header's line begins with, in every version. */
export const HEADER_START = '{"format":"gameday-timeline","version":';

/** What the line after `before` begins with, up to its length. */
export function factStart(before: LineEnd): string {
  return `{"seq":${before.seq + 1},"prev":"${before.sum}","len":`;
}

/** What a line ends with, without the newline, where everything before is `signed`. */
export function lineSeal(signed: string): string {
  return `,"sum":"${checksum(signed)}"}`;
}

/** The length of every {@link lineSeal}. */
export const SEAL_LENGTH = 26;

/** Whether a fact may happen at that time. Times are whole milliseconds and never go back. */
export function isTime(atMs: number, before: LineEnd): boolean {
  return Number.isSafeInteger(atMs) && atMs >= before.atMs;
}

/** Whether a fact may follow from that one: from one before it, or from none. */
export function isCause(causeSeq: number | null, seq: number): boolean {
  return causeSeq === null || (Number.isSafeInteger(causeSeq) && causeSeq >= 1 && causeSeq < seq);
}

function seal(signed: string, seq: number, atMs: number): Line {
  const sum = checksum(signed);
  return { text: `${signed},"sum":"${sum}"}\n`, seq, atMs, sum };
}

function insist(fields: readonly Field[], holder: object, where: string): void {
  const wrong = wrongField(fields, holder);
  if (wrong !== null) throw new Error(`journal: "${wrong.name}" of ${where} is not ${wrong.kind.what}`);
}
