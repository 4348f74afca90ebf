import { writeSync } from 'node:fs';
import type { Fact } from '../../src/journal/timeline.ts';
import { JournalFile, JournalStopped } from '../../src/outside/journal-file.ts';
import { aHeader } from '../journal/a-timeline.ts';

/**
 * A process to be killed: begins or resumes the drill in a directory, appends facts in bursts of one to seven, and prints
 * the number of the last fact of each burst once, and only once, it was acknowledged.
 */
const [dir = '', most = ''] = process.argv.slice(2);
const created = await JournalFile.create(dir, aHeader());
const resumed = 'journal' in created ? { ...created, timeline: { facts: [] } } : await JournalFile.reopen(dir);
if ('refusal' in resumed) {
  process.stderr.write(`${resumed.refusal}\n`);
  process.exit(1);
}
let seq = resumed.timeline.facts.length;
try {
  while (seq < Number(most)) {
    const burst = Array.from({ length: 1 + (seq % 7) }, (_, nth) => aFact(seq + 1 + nth));
    seq += burst.length;
    await resumed.journal.append(burst);
    writeSync(1, `${seq}\n`);
  }
} catch (error) {
  process.stderr.write(error instanceof JournalStopped ? error.message : String(error));
}
await resumed.journal.close();

function aFact(nth: number): Fact {
  return { seq: nth, atMs: nth, causeSeq: null, type: 'said', seat: 'responder-1', text: 'größer '.repeat(nth % 20), to: null };
}
