import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { headerLine, timelineText } from '../../src/journal/line.ts';
import type { Fact } from '../../src/journal/timeline.ts';
import { journalHandle } from '../../src/outside/journal-disk.ts';
import { JournalFile, JournalStopped } from '../../src/outside/journal-file.ts';
import { readTimelineFile } from '../../src/outside/journal-reading.ts';
import { aTimeline } from '../journal/a-timeline.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gameday-journal-'));
  file = join(dir, 'timeline.jsonl');
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const { header, facts } = aTimeline(100);

async function begin(at = dir): Promise<JournalFile> {
  const created = await JournalFile.create(at, header);
  if ('refusal' in created) throw new Error(created.refusal);
  return created.journal;
}

async function goOn(at = dir): Promise<Exclude<Awaited<ReturnType<typeof JournalFile.reopen>>, { refusal: string }>> {
  const reopened = await JournalFile.reopen(at);
  if ('refusal' in reopened) throw new Error(reopened.refusal);
  return reopened;
}

describe('a drill that is written, left and resumed', () => {
  test('gives the same bytes as one that was written in one go, and leaves no lock behind', async () => {
    const first = await begin(join(dir, 'drills', 'one'));
    await Promise.all([first.append(facts.slice(0, 3)), first.append(facts.slice(3, 4)), first.append([])]);
    await first.append(facts.slice(4, 50));
    await first.close();
    const second = await goOn(join(dir, 'drills', 'one'));
    expect(second.timeline.facts).toEqual(facts.slice(0, 50));
    await second.journal.append(facts.slice(50));
    await second.journal.close();
    expect(readFileSync(second.journal.path, 'utf8')).toBe(timelineText({ header, facts }));
    expect(readdirSync(join(dir, 'drills', 'one'))).toEqual(['timeline.jsonl']);
    expect(await readTimelineFile(join(dir, 'drills', 'one'))).toMatchObject({ torn: null, timeline: { header, facts } });
  });

  test('loses a line that was being written when the power went, and nothing else', async () => {
    const whole = timelineText({ header, facts });
    writeFileSync(file, whole.slice(0, -30));
    expect(await readTimelineFile(file)).toMatchObject({ torn: { line: 101 } });
    const { journal, torn, timeline } = await goOn();
    expect(torn).toMatchObject({ line: 101 });
    expect(timeline.facts).toEqual(facts.slice(0, 99));
    await journal.append(facts.slice(99));
    await journal.close();
    expect(readFileSync(file, 'utf8')).toBe(whole);
  });

  test('is named by the SHA-256 of its file', async () => {
    writeFileSync(file, timelineText({ header, facts }));
    const sha256 = execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64);
    expect(await readTimelineFile(file)).toMatchObject({ timelineSha256: sha256 });
  });

  test('refuses facts that do not follow, and goes on with those that do', async () => {
    const journal = await begin();
    expect(() => journal.append([facts[0] as Fact, facts[2] as Fact])).toThrow('fact 3 cannot follow fact 1');
    await journal.append(facts.slice(0, 2));
    await journal.close();
    expect(await readTimelineFile(dir)).toMatchObject({ timeline: { facts: facts.slice(0, 2) } });
  });
});

describe('one sentence says why not', () => {
  const refusalOf = async (made: Promise<object>): Promise<string> => {
    const result = await made;
    if (!('refusal' in result) || typeof result.refusal !== 'string') throw new Error('was not refused');
    return result.refusal.replaceAll(dir, 'DIR');
  };

  test('where a timeline is already there, which is left as it is', async () => {
    writeFileSync(file, 'mine');
    expect(await refusalOf(JournalFile.create(dir, header))).toMatch(/^There already is a timeline at DIR\/timeline.jsonl/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(readdirSync(dir)).toEqual(['timeline.jsonl']);
  });

  test('where the timeline is a symbolic link, even one that leads nowhere', async () => {
    symlinkSync(join(dir, 'elsewhere'), file);
    expect(await refusalOf(JournalFile.create(dir, header))).toContain('There already is a timeline');
    expect(await refusalOf(JournalFile.reopen(dir))).toContain('is a symbolic link');
    expect(readdirSync(dir)).toEqual(['timeline.jsonl']);
  });

  test('where there is nothing, something else, or a pipe that nobody writes to', async () => {
    expect(await refusalOf(readTimelineFile(join(dir, 'gone')))).toBe('The timeline cannot be read: there is no DIR/gone; give the directory of a drill, or its timeline.jsonl.');
    expect(await refusalOf(JournalFile.reopen(dir))).toBe('The drill cannot be resumed: there is no DIR/timeline.jsonl.');
    writeFileSync(join(dir, 'file'), '');
    expect(await refusalOf(JournalFile.create(join(dir, 'file'), header))).toBe('No timeline was begun: something that is no directory stands at DIR/file.');
    expect(await refusalOf(JournalFile.create(join(dir, 'file', 'x'), header))).toContain('no directory');
    execFileSync('mkfifo', [file]);
    expect(await refusalOf(readTimelineFile(dir))).toContain('is no ordinary file');
    expect(await refusalOf(JournalFile.reopen(dir))).toContain('is no ordinary file');
  });

  test('where the file was damaged, with its line', async () => {
    const lines = timelineText({ header, facts }).split('\n');
    writeFileSync(file, lines.with(41, (lines[41] as string).replace('"atMs":4', '"atMs":5')).join('\n'));
    expect(await refusalOf(readTimelineFile(dir))).toMatch(/^DIR\/timeline.jsonl:42: The timeline cannot be trusted: the line does not match its checksum/);
    expect(await refusalOf(JournalFile.reopen(dir))).toContain('timeline.jsonl:42:');
    expect(readdirSync(dir)).toEqual(['timeline.jsonl']);
  });

  test.skipIf(process.getuid?.() === 0)('where permission is missing', async () => {
    mkdirSync(join(dir, 'locked'));
    chmodSync(join(dir, 'locked'), 0o500);
    expect(await refusalOf(JournalFile.create(join(dir, 'locked'), header))).toContain('permission was denied for DIR/locked');
    chmodSync(join(dir, 'locked'), 0o700);
  });

  test('where another process, or this one, is writing the drill', async () => {
    const journal = await begin();
    expect(await refusalOf(JournalFile.reopen(dir))).toContain(`is being written by this very process (${process.pid})`);
    await journal.close();
    const held = { pid: process.ppid, started: startOf(process.ppid), host: execFileSync('hostname', { encoding: 'utf8' }).trim() };
    writeFileSync(join(dir, 'timeline.lock'), JSON.stringify(held));
    expect(await refusalOf(JournalFile.reopen(dir))).toContain(`is being written by process ${process.ppid}`);
    writeFileSync(join(dir, 'timeline.lock'), JSON.stringify({ ...held, host: 'elsewhere' }));
    expect(await refusalOf(JournalFile.reopen(dir))).toContain('on the machine "elsewhere"');
  });

  test('but the lock of a process that is gone, whose number came again, or that was never finished is taken over', async () => {
    await (await begin()).close();
    const host = execFileSync('hostname', { encoding: 'utf8' }).trim();
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    for (const lock of [JSON.stringify({ pid: gone, started: '1', host }), JSON.stringify({ pid: process.pid, started: '1', host }), '{"pid":']) {
      writeFileSync(join(dir, 'timeline.lock'), lock);
      await (await goOn()).journal.close();
      expect(readdirSync(dir)).toEqual(['timeline.jsonl']);
    }
  });
});

describe('when the disk fails, the drill stops for good', () => {
  const first = headerLine(header);

  test('because the disk is full: what waits and all that comes later is told so, and what is safe', async () => {
    const full = await open('/dev/full', 'a');
    const journal = new JournalFile('/drills/one/timeline.jsonl', journalHandle(full), first, first.text.length, null);
    const outcomes = await Promise.allSettled([journal.append(facts.slice(0, 1)), journal.append(facts.slice(1, 2))]);
    outcomes.push(...(await Promise.allSettled([journal.append(facts.slice(2, 3))])));
    const reasons = outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error) : null));
    expect(reasons[0]).toBeInstanceOf(JournalStopped);
    expect(reasons[0]?.message).toBe(
      'The drill was stopped, because its timeline cannot be written any more: the disk is full at /drills/one/timeline.jsonl. ' +
        'No fact was written yet; what came after may be lost. Put that right, then resume the drill in /drills/one.',
    );
    expect(new Set(reasons).size).toBe(1);
    await journal.close();
  });

  test('because a sync fails: nothing is acknowledged, though every byte was written', async () => {
    const handle = await open(file, 'a+');
    let syncs = 0;
    // The second sync goes to a pipe, of which the system refuses to sync anything.
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    const pipe = await open(join(dir, 'pipe'), 'r+');
    const journal = new JournalFile(file, {
      ...journalHandle(handle),
      datasync: () => (syncs++ === 0 ? handle : pipe).datasync(),
    }, first, 0, null);
    await journal.append(facts.slice(0, 1));
    await expect(journal.append(facts.slice(1, 2))).rejects.toThrow('Everything up to fact 1 is safe; what came after may be lost');
    await expect(journal.append(facts.slice(2, 3))).rejects.toThrow(JournalStopped);
    expect(syncs).toBe(2);
    await journal.close();
    await pipe.close();
  });

  test('because the file may grow no longer: what was acknowledged before is all there', async () => {
    const child = spawnSync('bash', ['-c', `ulimit -f 16; exec "$0" "$@"`, process.execPath, new URL('journal-child.ts', import.meta.url).pathname, dir, '100000'], { encoding: 'utf8' });
    const acknowledged = Number(child.stdout.trim().split('\n').at(-1));
    expect(acknowledged).toBeGreaterThan(10);
    expect(child.stderr).toContain(`the limit for the size of a file was reached at ${file}. Everything up to fact ${acknowledged} is safe`);
    const { journal, timeline } = await goOn();
    expect(timeline.facts.length).toBeGreaterThanOrEqual(acknowledged);
    await journal.close();
  });

  test('because somebody cuts, adds to or deletes the file: nothing is written after that', async () => {
    const meddlings: Readonly<Record<string, () => void>> = {
      'somebody else changed': () => truncateSync(file, 100),
      'bytes, and': () => writeFileSync(file, 'hello\n', { flag: 'a' }),
      'somebody deleted': () => rmSync(file),
    };
    for (const [message, meddle] of Object.entries(meddlings)) {
      rmSync(file, { force: true });
      const journal = await begin();
      await journal.append(facts.slice(0, 1));
      meddle();
      await expect(journal.append(facts.slice(1, 2))).rejects.toThrow(message);
      await journal.close();
    }
  });

  test('and a system that takes a few bytes at a time gets them all', async () => {
    const handle = await open(file, 'a+');
    const journal = new JournalFile(file, {
      ...journalHandle(handle),
      write: (bytes, offset, length) => writeSync(handle.fd, bytes, offset, length > 7 ? 7 : length),
    }, first, 0, null);
    await journal.append(facts);
    await journal.close();
    expect(first.text + readFileSync(file, 'utf8')).toBe(timelineText({ header, facts }));
  });
});

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] as string;
}
