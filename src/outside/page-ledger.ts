import { closeSync, fdatasyncSync, fsyncSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compareTexts } from '../time/text-order.ts';
import { lifeOf, markThisProcess, type ProcessMark } from './process-mark.ts';

/** A page that may be open in a pager outside. It holds no secret: `channel` is a fingerprint of the key that it was sent with. */
export interface OpenPage {
  readonly dedupKey: string;
  readonly channel: string;
  /** Host that it was sent to, for people to read. */
  readonly where: string;
}

/** What some other run of gameday left in the folder. */
export interface Leftover {
  readonly file: string;
  /** `running`: a drill is under way there; its pages are its own. */
  readonly owner: 'running' | 'ended' | 'unknown';
  readonly pages: readonly OpenPage[];
}

/** How long a run on another machine, which cannot be asked, is taken to be under way after its last word. No drill lasts so long. */
const OTHER_MACHINE_MS = 24 * 3_600_000;

/**
 * The pages that this process has open outside, on disk: written and synced before the page leaves (intent first), so
 * that whatever kills the process, the next start knows what to resolve. One file per process, made at the first page
 * and removed when nothing is open; JSON Lines, `{owner}` first, then `{opened}` and `{closed}` in the order of events.
 *
 * Every method throws the system's error where the disk refuses.
 */
export class PageLedger {
  readonly folder: string;
  readonly #file: string;
  #handle: number | null = null;
  readonly #open = new Map<string, OpenPage>();

  constructor(folder: string) {
    const mark = markThisProcess();
    this.folder = folder;
    this.#file = join(folder, `${mark.pid}-${process.hrtime.bigint().toString(36)}.jsonl`);
  }

  /** The pages that are open as far as this process knows, in the order in which they were opened. */
  get open(): readonly OpenPage[] {
    return [...this.#open.values()];
  }

  isOpen(dedupKey: string): boolean {
    return this.#open.has(dedupKey);
  }

  /** Durable when it returns: only then may the page be sent. */
  opened(page: OpenPage): void {
    if (this.#open.has(page.dedupKey)) return;
    const handle = this.#handle ?? this.#create();
    writeSync(handle, `${JSON.stringify({ opened: page })}\n`);
    fdatasyncSync(handle);
    this.#open.set(page.dedupKey, page);
  }

  /** Not synced: were it lost, a page would be resolved twice, which harms nobody. */
  closed(dedupKey: string): void {
    if (!this.#open.delete(dedupKey) || this.#handle === null) return;
    writeSync(this.#handle, `${JSON.stringify({ closed: dedupKey })}\n`);
  }

  /** Takes over what a run that has ended left open. It is in this ledger before it leaves the other. */
  adopt(leftover: Leftover): void {
    for (const page of leftover.pages) this.opened(page);
    rmSync(leftover.file, { force: true });
  }

  /** What other runs have in the folder. */
  leftovers(): readonly Leftover[] {
    return readLeftovers(this.folder).filter((leftover) => leftover.file !== this.#file);
  }

  /** Closes the file; removes it where nothing is open any more. */
  release(): void {
    if (this.#handle === null) return;
    closeSync(this.#handle);
    this.#handle = null;
    if (this.#open.size === 0) rmSync(this.#file, { force: true });
  }

  #create(): number {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const handle = openSync(this.#file, 'ax', 0o600);
    writeSync(handle, `${JSON.stringify({ owner: markThisProcess() })}\n`);
    syncFolder(this.folder);
    this.#handle = handle;
    return handle;
  }
}

/** What runs of gameday have in the ledger's folder, this one's included; [] where there is no such folder. */
export function readLeftovers(folder: string): readonly Leftover[] {
  return namesIn(folder).flatMap((name) => {
    const file = join(folder, name);
    const read = readLedger(file);
    return read === null ? [] : [read];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.jsonl')).toSorted(compareTexts);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Null where another run removed the file meanwhile. A torn or foreign line is passed over: what it tells was never sent. */
function readLedger(file: string): Leftover | null {
  let text: string;
  let writtenAtMs: number;
  try {
    text = readFileSync(file, 'utf8');
    writtenAtMs = statSync(file).mtimeMs;
  } catch {
    return null;
  }
  const pages = new Map<string, OpenPage>();
  let owner: ProcessMark | null = null;
  for (const line of text.split('\n')) {
    const entry = parseEntry(line);
    if (entry === null) continue;
    if ('owner' in entry) owner = entry.owner;
    else if ('opened' in entry) pages.set(entry.opened.dedupKey, entry.opened);
    else pages.delete(entry.closed);
  }
  const life = owner === null ? 'ended' : lifeOf(owner);
  const silent = Date.now() - writtenAtMs > OTHER_MACHINE_MS;
  return { file, owner: life === 'unknown' && silent ? 'ended' : life, pages: [...pages.values()] };
}

type Entry = { readonly owner: ProcessMark } | { readonly opened: OpenPage } | { readonly closed: string };

function parseEntry(line: string): Entry | null {
  let entry: Partial<Record<'owner' | 'opened' | 'closed', unknown>>;
  try {
    entry = JSON.parse(line) as typeof entry;
  } catch {
    return null;
  }
  if (typeof entry !== 'object' || entry === null) return null;
  if (isMark(entry.owner)) return { owner: entry.owner };
  if (isOpenPage(entry.opened)) return { opened: entry.opened };
  return typeof entry.closed === 'string' ? { closed: entry.closed } : null;
}

function isMark(value: unknown): value is ProcessMark {
  const mark = value as Partial<ProcessMark> | null | undefined;
  return typeof mark?.pid === 'number' && typeof mark.host === 'string';
}

function isOpenPage(value: unknown): value is OpenPage {
  const page = value as Partial<OpenPage> | null | undefined;
  return typeof page?.dedupKey === 'string' && typeof page.channel === 'string' && typeof page.where === 'string';
}

/** Makes the new file's name durable too. Windows has no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
