import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factLine, headerLine, type Line } from '../../src/journal/line.ts';
import type { Fact } from '../../src/journal/timeline.ts';
import { JournalFile } from '../../src/outside/journal-file.ts';
import { aTimeline } from '../journal/a-timeline.ts';
import type { BenchRow } from './bench-row.ts';

const ROUNDS = 30;

/**
 * A durable append against the barest way to put the same bytes on the same disk, a blocking write and fdatasync; and how
 * fast lines are made. Ours and the peer take turns within each round, and the medians over the rounds are compared.
 */
export async function benchJournal(): Promise<readonly BenchRow[]> {
  return [
    await oneByOne(),
    await together(),
    encodingSpeed(),
  ];
}

/** µs for each append of one fact that is waited for. */
async function oneByOne(): Promise<BenchRow> {
  const { oursUs, peerUs } = await compare(60, async (journal, facts) => {
    for (const fact of facts) await journal.append([fact]);
  });
  const ratio = oursUs / peerUs;
  return { name: 'journal: one durable append', ours: oursUs, peer: peerUs, unit: 'µs', ratio, goal: '≤ 1.3× a bare write + fdatasync', met: ratio <= 1.3 };
}

/** µs for each of 100 appends that arrive together and share their sync. */
async function together(): Promise<BenchRow> {
  const { oursUs, peerUs } = await compare(100, async (journal, facts) => {
    await Promise.all(facts.map((fact) => journal.append([fact])));
  });
  const ratio = oursUs / peerUs;
  return { name: 'journal: each of 100 appends at once', ours: oursUs, peer: peerUs, unit: 'µs', ratio, goal: '≤ 0.2× a bare write + fdatasync', met: ratio <= 0.2 };
}

/** Medians of µs for each fact: ours, and a bare write and fdatasync of the same bytes, fact by fact. */
async function compare(
  factsEach: number,
  appendAll: (journal: JournalFile, facts: readonly Fact[]) => Promise<void>,
): Promise<{ readonly oursUs: number; readonly peerUs: number }> {
  const { header, facts } = aTimeline(factsEach * (ROUNDS + 1));
  const dir = mkdtempSync(join(tmpdir(), 'gameday-bench-'));
  const bare = openSync(join(dir, 'bare'), 'a');
  const created = await JournalFile.create(join(dir, 'drill'), header);
  if ('refusal' in created) throw new Error(created.refusal);
  const ours: number[] = [];
  const peer: number[] = [];
  let line: Line = headerLine(header);
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const some = facts.slice(round * factsEach, (round + 1) * factsEach);
      const texts = some.map((fact) => (line = factLine(fact, line)).text);
      const writeAll = (): void => {
        for (const text of texts) {
          writeSync(bare, text);
          fdatasyncSync(bare);
        }
      };
      // Who goes first alternates too; the first round is for warming up.
      if (round % 2 === 0) peer.push(await usEach(writeAll, factsEach));
      ours.push(await usEach(() => appendAll(created.journal, some), factsEach));
      if (round % 2 === 1) peer.push(await usEach(writeAll, factsEach));
    }
  } finally {
    await created.journal.close();
    closeSync(bare);
    rmSync(dir, { recursive: true, force: true });
  }
  return { oursUs: median(ours.slice(1)), peerUs: median(peer.slice(1)) };
}

/** Facts a second that become lines, of all types in turn. */
function encodingSpeed(): BenchRow {
  const { header, facts } = aTimeline(20_000);
  const perS = Array.from({ length: ROUNDS + 1 }, () => factsPerS(headerLine(header), facts));
  const ours = median(perS.slice(1));
  return { name: 'journal: facts made into lines', ours, peer: null, unit: 'facts/s', ratio: null, goal: '≥ 300,000/s', met: ours >= 300_000 };
}

function factsPerS(header: Line, facts: readonly Fact[]): number {
  let line = header;
  const start = performance.now();
  for (const fact of facts) line = factLine(fact, line);
  return (facts.length / (performance.now() - start)) * 1000;
}

async function usEach(work: () => void | Promise<void>, times: number): Promise<number> {
  const start = performance.now();
  await work();
  return ((performance.now() - start) / times) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
