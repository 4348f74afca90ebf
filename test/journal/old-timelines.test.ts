import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checksum } from '../../src/journal/checksum.ts';
import { headerLine, timelineText } from '../../src/journal/line.ts';
import { readTimeline } from '../../src/journal/read-timeline.ts';
import { aHeader, aTimeline } from './a-timeline.ts';

const path = fileURLToPath(new URL('../old-timelines/v1/every-fact.jsonl', import.meta.url));
const bytes = readFileSync(path);

test('a timeline that the first release wrote is read by this one, and would be written the same', () => {
  // Never to be written anew: where this fails, old drills cannot be read any more.
  expect(createHash('sha256').update(bytes).digest('hex')).toBe('7587d31a9132d9c2aeb690c64b700f5f8205e0a60447b0ca5454292098fd2baa');
  const reading = readTimeline(bytes);
  if ('damage' in reading) throw new Error(reading.damage.problem);
  expect(reading.timeline.facts.length).toBe(38);
  expect(timelineText(reading.timeline)).toBe(bytes.toString('utf8'));
});

test('a timeline of a newer release is refused by a sentence that says which one reads it', () => {
  const signed = '{"format":"gameday-timeline","version":2,"compressed":false,"header":{"engine":"3.1.4"}';
  const line = `${signed},"sum":"${checksum(signed)}"}\n`;
  expect(readTimeline(line)).toEqual({
    damage: { line: 1, problem: 'the timeline was written by gameday "3.1.4" in format 2; this gameday reads formats up to 1. Use a newer gameday' },
  });
});

test('facts that this release does not know, or that were made by hand, are refused though their checksums are right', () => {
  const header = headerLine(aHeader());
  const problemOf = (fact: string): unknown => {
    const signed = `{"seq":1,"prev":"${header.sum}","len":${Buffer.byteLength(fact)},"fact":${fact}`;
    return readTimeline(`${header.text}${signed},"sum":"${checksum(signed)}"}\n`);
  };
  const refusals: readonly (readonly [fact: string, problem: string])[] = [
    ['{"type":"claimed","atMs":0,"causeSeq":null,"seat":"r"}', ''],
    ['{"type":"teleported","atMs":0,"causeSeq":null}', 'a fact of the type "teleported" is unknown to this gameday (gameday "0.1.0" wrote it)'],
    ['{"type":"claimed","atMs":0,"causeSeq":null}', '"seat" of claimed is not a text'],
    ['{"type":"claimed","atMs":0,"causeSeq":null,"seat":"r","why":"x"}', 'claimed holds "why", which it does not have'],
    ['{"type":"claimed","atMs":0,"causeSeq":null,"seat":"r","__proto__":{}}', 'claimed holds "__proto__", which it does not have'],
    ['{"type":"claimed","atMs":0,"causeSeq":1,"seat":"r"}', 'the fact follows from 1, which is no fact before it'],
    ['{"type":"claimed","atMs":0.5,"causeSeq":null,"seat":"r"}', "the fact's time, 0.5 ms, is no whole number of milliseconds"],
    ['{"seq":9,"type":"claimed","atMs":0,"causeSeq":null,"seat":"r"}', 'the fact holds a sequence number of its own'],
    ['{"type":"\\u001b[2J","atMs":0,"causeSeq":null}', 'a fact of the type "\\u001b[2J" is unknown to this gameday (gameday "0.1.0" wrote it)'],
    ['[]', 'the fact is not laid out as facts are'],
  ];
  for (const [fact, problem] of refusals) {
    expect(problemOf(fact)).toMatchObject(problem === '' ? { torn: null } : { damage: { line: 2, problem } });
  }
});

test('time that goes back is refused', () => {
  const { header, facts } = aTimeline(3);
  const lines = timelineText({ header, facts }).split('\n');
  const third = (lines[2] as string).slice(0, -26).replace('"atMs":1000', '"atMs":-100');
  const changed = [...lines.slice(0, 2), `${third},"sum":"${checksum(third)}"}`, ''].join('\n');
  expect(readTimeline(changed)).toMatchObject({ damage: { line: 3, problem: expect.stringContaining('-100 ms, is not at or after 0 ms') } });
});
