import { describe, expect, test } from 'vitest';
import { timelineText } from '../../src/journal/line.ts';
import { readTimeline } from '../../src/journal/read-timeline.ts';
import type { Happening } from '../../src/journal/timeline.ts';
import { aHeader, aTimeline, EVERY_HAPPENING, inOrder } from './a-timeline.ts';

const count = process.env.MODE === 'crash' ? 200 : 70;

/** Short ones, for the sake of the time that it takes to try every byte. */
const TERSE: readonly Happening[] = [
  { type: 'claimed', seat: 'r1' },
  { type: 'said', seat: 'r2', text: 'größer 🐢', to: null },
  { type: 'drill-continued' },
  { type: 'page-resolved', page: 'P1' },
];

/**
 * A file of 200 facts (`npm run test:crash`; of 70 every day) goes through everything that disks do to files. The promise: what is read is a beginning of what
 * was written, and a fact whose line was finished is only ever missing together with a complaint.
 */
const timeline = { header: aHeader(), facts: inOrder(Array.from({ length: count }, (_, nth) => TERSE[nth % TERSE.length] as Happening)) };
const written = new TextEncoder().encode(timelineText(timeline));
const lineOfByte: readonly number[] = numberLines(written);

describe(`a timeline of ${count} facts`, () => {
  test('is read as it was written', () => {
    expect(readTimeline(written)).toMatchObject({ timeline, torn: null });
  });

  test('cut off at any byte keeps every finished line and drops only the torn one', () => {
    let lineStart = 0;
    for (let length = 0; length < written.length; length++) {
      if (length > 0 && written[length - 1] === 10) lineStart = length;
      const reading = readTimeline(written.subarray(0, length));
      const line = lineOfByte[length] as number;
      if (line === 1) {
        expectDamage(written.subarray(0, length), 1, `cut at ${length}`);
        continue;
      }
      if ('damage' in reading) throw new Error(`cut at ${length}: ${reading.damage.problem}`);
      const tornAt = reading.torn?.atByte ?? length;
      if (reading.timeline.facts.length !== line - 2 || tornAt !== lineStart) throw new Error(`cut at ${length}: torn at ${tornAt}`);
      if (lineStart === length) expect(reading.timeline.facts).toEqual(timeline.facts.slice(0, line - 2));
    }
  }, 60_000);

  test('with any one byte changed is refused at that line', () => {
    const copy = written.slice();
    for (const [at, byte] of written.entries()) {
      copy[at] = byte ^ (1 << (at & 7)); // every bit in its turn
      expectDamage(copy, lineOfByte[at] as number, `byte ${at} from ${byte} to ${copy[at]}`);
      copy[at] = byte;
    }
  }, 60_000);
});

describe('a timeline with one fact of each type', () => {
  const short = new TextEncoder().encode(timelineText({ header: aHeader(), facts: aTimeline(EVERY_HAPPENING.length).facts }));
  const headerEnd = short.indexOf(10);

  test('with any byte after the header changed in any of many ways is refused at that line', () => {
    const copy = short.slice();
    let line = 2;
    for (let at = headerEnd + 1; at < short.length; at++) {
      const byte = short[at] as number;
      for (const changed of [10, 0, byte ^ 0x20, byte ^ 0x80]) {
        if (changed === byte) continue;
        copy[at] = changed;
        expectDamage(copy, line, `byte ${at} from ${byte} to ${changed}`);
      }
      copy[at] = byte;
      if (byte === 10) line++;
    }
  }, 60_000);

  const lines = new TextDecoder().decode(short).split('\n').slice(0, -1);
  const fileOf = (kept: readonly string[]): string => `${kept.join('\n')}\n`;

  test('with a line missing, doubled, swapped or moved is refused at the first wrong line', () => {
    for (let at = 1; at < lines.length - 1; at++) {
      expectDamage(fileOf(lines.toSpliced(at, 1)), at + 1, `without line ${at + 1}`);
      expectDamage(fileOf(lines.toSpliced(at, 0, lines[at] as string)), at + 2, `line ${at + 1} twice`);
      expectDamage(fileOf(lines.toSpliced(at, 2, lines[at + 1] as string, lines[at] as string)), at + 1, `line ${at + 1} swapped`);
      expectDamage(fileOf(lines.toSpliced(at, 0, '')), at + 1, `a blank line before line ${at + 1}`);
    }
  });

  test('going on with the lines of another drill is refused at the seam, though each line is whole', () => {
    const other = timelineText({ header: aHeader({ seed: 8 }), facts: aTimeline(EVERY_HAPPENING.length).facts }).split('\n');
    for (let at = 1; at < lines.length; at++) {
      expectDamage([...lines.slice(0, at), ...other.slice(at)].join('\n'), at + 1, `spliced at line ${at + 1}`);
    }
  });

  test('of which the last blocks never reached the disk, is cut back to its last finished line', () => {
    const lastLine = short.lastIndexOf(10, short.length - 2) + 1;
    for (let from = lastLine; from < short.length - 2; from++) {
      const copy = short.slice().fill(0, from);
      expect(readTimeline(copy)).toMatchObject({ torn: { atByte: lastLine, line: lines.length } });
    }
  });

  test('whose last line is whole but does not end in a newline: dropped where the file ends, refused where it goes on', () => {
    const whole = fileOf(lines).slice(0, -1);
    expect(readTimeline(whole)).toMatchObject({ torn: { line: lines.length } });
    for (const wrong of ['\r', ' ', '\0', '}', '\u000b', '{"seq":']) expectDamage(whole + wrong, lines.length, `ended by ${JSON.stringify(wrong)}`);
  });

  test('whose cut-off last line cannot be the one that is due is refused', () => {
    const last = lines.length + 1;
    for (const tail of ['x', '{"seq":99,"prev"', '{"seq":37,"prev":"0000', '{"format":', '[', ' ']) expectDamage(fileOf(lines) + tail, last, tail);
  });
});

function expectDamage(file: Uint8Array | string, line: number, what: string): void {
  const reading = readTimeline(file);
  if (!('damage' in reading)) throw new Error(`${what}: was read as if nothing had happened`);
  if (reading.damage.line !== line) throw new Error(`${what}: expected line ${line}, got ${reading.damage.line}: ${reading.damage.problem}`);
}

/** The line, from 1, that each byte belongs to; a newline belongs to the line that it ends. */
function numberLines(bytes: Uint8Array): readonly number[] {
  let line = 1;
  return Array.from(bytes, (byte) => (byte === 10 ? line++ : line));
}
