import { randomUUID } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { codeOf } from './journal-trouble.ts';

/**
 * Says that one process appends to a drill's timeline, by a file that names it. What a dead process left is taken over.
 *
 * A pid comes again, so the process's start time goes with it where the system tells it (Linux). A lock of another
 * machine cannot be judged and is respected. Rejects where the directory cannot be written.
 */
export async function takeJournalLock(dir: string): Promise<JournalLock | { readonly heldBy: string }> {
  const path = join(dir, LOCK_NAME);
  const own = JSON.stringify({ pid: process.pid, started: startOf(process.pid), host: hostname(), nonce: randomUUID() });
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${own}\n`, { flag: 'wx' });
  try {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (await linked(draft, path)) return { release: () => releaseLock(path, own) };
      const held = await textOf(path);
      if (held === null) continue; // released meanwhile
      const holder = livingHolder(held);
      if (holder !== null) return { heldBy: holder };
      await removeStale(path, held);
    }
    return { heldBy: 'processes that come and go' };
  } finally {
    await unlink(draft);
  }
}

export interface JournalLock {
  /** Gives the drill back. Does nothing where somebody else took it meanwhile. */
  readonly release: () => Promise<void>;
}

const LOCK_NAME = 'timeline.lock';
const MOST_ATTEMPTS = 20;

/** Who holds a lock, or null where nobody can: the process is gone, or the lock was never finished. */
function livingHolder(lock: string): string | null {
  const holder = parseHolder(lock);
  if (holder === null) return null;
  if (holder.host !== hostname()) {
    return `process ${holder.pid} on the machine ${JSON.stringify(holder.host)}. If that one is gone, delete ${LOCK_NAME} there`;
  }
  if (!isAlive(holder.pid) || startOf(holder.pid) !== holder.started) return null;
  return holder.pid === process.pid ? `this very process (${holder.pid})` : `process ${holder.pid}`;
}

function parseHolder(lock: string): { readonly pid: number; readonly started: string | null; readonly host: string } | null {
  try {
    const { pid, started, host } = JSON.parse(lock) as Readonly<Record<string, unknown>>;
    if (!Number.isSafeInteger(pid) || (pid as number) <= 0 || typeof host !== 'string') return null;
    return { pid: pid as number, started: typeof started === 'string' ? started : null, host };
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM'; // alive, and somebody else's
  }
}

/** When a process started, in the system's own terms, or null where the system does not tell or there is no such process. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command's name may hold anything, but ends at the last parenthesis; the start is the 22nd field.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** Puts the finished lock in place in one step, or false where one is there. */
async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a dead process's lock away, unless somebody else was faster: then theirs is put back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await textOf(aside)) !== stale) await linked(aside, path);
  await unlink(aside);
}

async function releaseLock(path: string, own: string): Promise<void> {
  if ((await textOf(path)) === `${own}\n`) await unlink(path);
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
