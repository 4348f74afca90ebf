import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksum, utf8Length } from '../../src/journal/checksum.ts';
import { factLine, headerLine, timelineText } from '../../src/journal/line.ts';
import { readTimeline } from '../../src/journal/read-timeline.ts';
import type { Fact, Happening } from '../../src/journal/timeline.ts';
import { aHeader, aTimeline, EVERY_HAPPENING, inOrder } from './a-timeline.ts';

describe('the checksum', () => {
  test('is CRC-32C on its left, by the published check value, and FNV-1a on its right, where that takes bytes', () => {
    expect(checksum('123456789').slice(0, 8)).toBe('e3069283');
    expect(checksum('')).toBe('00000000811c9dc5');
    expect(checksum('a').slice(8)).toBe('e40c292c');
  });

  test('is the same on every machine and in every release', () => {
    expect(checksum('{"seq":1,"prev":"0c9d6f2ba41e7733"}')).toBe('a3c6c9459e480c64');
    expect(checksum('größer 🐢')).toBe('e8769dbd2d0af104');
  });

  test('is of the bytes of UTF-8, wherever in the text the first other character stands', () => {
    // CRC-32C of the bytes C3 A4, worked out bit by bit.
    expect(checksum('ä').slice(0, 8)).toBe(bitwiseCrc([0xc3, 0xa4]));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => checksum(text).startsWith(bitwiseCrc(Buffer.from(text)))));
  });

  test('knows how long a text is in UTF-8', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => utf8Length(text) === Buffer.byteLength(text)));
  });
});

describe('a line', () => {
  test('can be read by people and by jq', () => {
    const header = headerLine(aHeader());
    const line = factLine({ seq: 1, atMs: 61_000, causeSeq: null, type: 'said', seat: 'responder-1', text: 'Hm.', to: null }, header);
    expect(line.text).toBe(
      `{"seq":1,"prev":"${header.sum}","len":88,"fact":{"type":"said","atMs":61000,"causeSeq":null,"seat":"responder-1","text":"Hm.","to":null},"sum":"${line.sum}"}\n`,
    );
  });

  test('is the same bytes in whatever order a fact was put together', () => {
    const forwards = { seq: 1, atMs: 0, causeSeq: null, type: 'flag-flipped', seat: 'r', flag: 'f', from: 'on', to: 'off' } as Fact;
    const backwards = Object.fromEntries(Object.entries(forwards).reverse()) as unknown as Fact;
    const files = { 'b.yaml': 'b', 'a.yaml': 'a' };
    const header = aHeader({ files });
    const resorted = aHeader({ files: Object.fromEntries(Object.entries(files).reverse()) });
    expect(timelineText({ header: resorted, facts: [backwards] })).toBe(timelineText({ header, facts: [forwards] }));
  });

  test('holds nothing that a terminal would obey', () => {
    const text = timelineText(aTimeline(EVERY_HAPPENING.length));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
    expect(text).toContain(String.raw`\u0007\u001b[31m\u009b2J\u202eevil`);
  });

  test.each([
    ['a gap', { seq: 3 }, 'fact 3 cannot follow fact 0'],
    ['half a millisecond', { atMs: 0.5 }, 'fact 1 at 0.5 ms'],
    ['a cause that is yet to come', { causeSeq: 1 }, 'cannot follow from fact 1'],
    ['a number that JSON cannot hold', { bad: Number.NaN }, '"bad" of verified is not a number'],
    ['a missing field', { seat: undefined }, '"seat" of verified is not a text'],
  ])('is not written for %s: what could not be read back must not be written', (_, wrong, message) => {
    const verified = { seq: 1, atMs: 0, causeSeq: null, type: 'verified', seat: 'r', bad: 0, burn: 0, p95Ms: null, meets: true };
    expect(() => factLine({ ...verified, ...wrong } as Fact, headerLine(aHeader()))).toThrow(message);
  });
});

describe('what is read', () => {
  test('is what was written, for any texts and numbers', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: loneSurrogatesToo }), fc.string({ unit: 'grapheme' }));
    const anyNumber = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer());
    const changed = fc.tuple(fc.constantFrom(...EVERY_HAPPENING), anyText, anyNumber).map(([happening, text, number]) => fillIn(happening, text, number));
    fc.assert(
      fc.property(fc.array(changed, { maxLength: 12 }), anyText, (happenings, name) => {
        const timeline = { header: aHeader({ drillId: name, files: { [`${name}/x`]: name } }), facts: inOrder(happenings) };
        const text = timelineText(timeline);
        const reading = readTimeline(text);
        expect(reading).toMatchObject({ torn: null });
        if ('damage' in reading) return;
        expect(timelineText(reading.timeline)).toBe(text);
        expect(JSON.parse(JSON.stringify(reading.timeline))).toEqual(JSON.parse(JSON.stringify(timeline)));
      }),
      { numRuns: 300 },
    );
  });

  test('is never an invention: any bytes at all give a timeline or a complaint', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => 'damage' in readTimeline(bytes)));
  });
});

/** UTF-16 units as they come, so that halves of pairs stand alone. */
const loneSurrogatesToo = fc.integer({ min: 0xd700, max: 0xe010 }).map((unit) => String.fromCharCode(unit));

/** The happening with every free text and every inexact number replaced. */
function fillIn(happening: Happening, text: string, number: number): Happening {
  if (happening.type === 'said') return { ...happening, text };
  if (happening.type === 'verified') return { ...happening, burn: number, p95Ms: number };
  if (happening.type === 'alert-fired') return { ...happening, text, value: number };
  if (happening.type === 'resolve-claimed') return { ...happening, failing: [text, text] };
  if (happening.type === 'command-given') return { ...happening, line: text };
  return happening;
}

function bitwiseCrc(bytes: Iterable<number>): string {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc = (crc ^ byte) >>> 0;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1) >>> 0;
  }
  return (~crc >>> 0).toString(16).padStart(8, '0');
}
