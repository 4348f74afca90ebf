import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { compareTexts } from '../time/text-order.ts';
import { inOrder, quoted } from '../yaml/complaint.ts';
import type { Complaint } from '../yaml/complaint.ts';
import { clusterFilesOf, clusterTrouble, readScenario } from '../scenario/read.ts';
import type { Reading } from '../scenario/read.ts';
import { parseYaml } from '../yaml/yaml-source.ts';

/** A scenario with the texts it was read from. */
export interface LoadedScenario extends Reading {
  /** The scenario's own name among `files`. */
  readonly file: string;
  /** Texts by their path relative to the scenario's folder, with forward slashes, in order of path. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Reads a scenario and the cluster it names from disk, and judges them. Blocks, and takes as long as the text makes it
 * take: texts from strangers are read through `loadScenario`, which does this in a worker.
 */
export function readScenarioFiles(path: string): LoadedScenario {
  const file = basename(path);
  const own = readText(path);
  if ('trouble' in own) return failed(file, [complaintAt(file, own.trouble)]);
  const files: Record<string, string> = { [file]: own.text };
  const { source } = parseYaml(file, own.text);
  const cluster = (source.value as { cluster?: unknown } | null)?.cluster;
  const extra: Complaint[] = [];
  if (typeof cluster === 'string' && clusterTrouble(cluster) === null) {
    const folder = dirname(path);
    for (const name of clusterFilesOf(cluster)) {
      const read = readInside(folder, name);
      if ('trouble' in read) {
        extra.push({ ...source.placeOf(['cluster']), severity: 'error', ...read.trouble });
        break;
      }
      files[name] = read.text;
    }
  }
  const sorted = Object.fromEntries(Object.entries(files).toSorted(([a], [b]) => compareTexts(a, b)));
  const reading = readScenario(sorted, file);
  if (extra.length === 0) return { ...reading, file, files: sorted };
  // What the disk said about the cluster says more than that its text is not there.
  return { scenario: null, complaints: inOrder([...extra, ...reading.complaints.filter(({ rule }) => rule !== 'cluster')]), file, files: sorted };
}

/** A scenario that could not be read, for these reasons. */
export function failed(file: string, complaints: readonly Complaint[]): LoadedScenario {
  return { scenario: null, complaints, file, files: {} };
}

export function complaintAt(file: string, trouble: Trouble): Complaint {
  return { file, line: 1, col: 1, severity: 'error', ...trouble };
}

interface Trouble {
  readonly problem: string;
  readonly cure: string;
  readonly rule: string;
}

const LARGEST_BYTES = 1_048_576;

/** A file below the scenario's folder, also when links are followed. */
function readInside(folder: string, name: string): { text: string } | { trouble: Trouble } {
  const path = join(folder, name);
  try {
    const inside = relative(realpathSync(folder), realpathSync(path));
    if (inside === '..' || inside.startsWith(`..${sep}`)) return { trouble: { problem: `${quoted(name)} leads out of the scenario's folder.`, cure: 'Keep the cluster inside it.', rule: 'cluster' } };
  } catch (error) {
    return { trouble: missing(name, error, 'A cluster is a folder with objects.yaml and traffic.yaml.', 'cluster') };
  }
  const read = readText(path);
  return 'trouble' in read ? { trouble: { ...read.trouble, problem: `${quoted(name)}: ${read.trouble.problem}` } } : read;
}

/** The text of a regular file of at most 1 MiB of UTF-8. Its size is asked before a byte of it is read. */
export function readText(path: string): { text: string } | { trouble: Trouble } {
  let handle: number | null = null;
  try {
    // Without blocking: a pipe that nobody writes to must not hold up everything.
    handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(handle);
    if (stat.isDirectory()) return { trouble: { problem: 'This is a folder, not a file.', cure: 'Name a file inside it.', rule: 'no-file' } };
    if (!stat.isFile()) return { trouble: { problem: 'This is no regular file.', cure: 'Name a YAML file.', rule: 'no-file' } };
    if (stat.size > LARGEST_BYTES) {
      return { trouble: { problem: `The file holds ${(stat.size / LARGEST_BYTES).toFixed(1)} MiB; 1 MiB is the most.`, cure: 'Keep it shorter.', rule: 'too-large' } };
    }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readAll(handle, stat.size)) };
  } catch (error) {
    if (error instanceof TypeError) return { trouble: { problem: 'This is no text in UTF-8.', cure: 'Save it as UTF-8.', rule: 'not-text' } };
    return { trouble: missing(path, error, 'Check the path.', 'no-file') };
  } finally {
    if (handle !== null) closeSync(handle);
  }
}

function readAll(handle: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const count = readSync(handle, bytes, filled, size - filled, filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function missing(name: string, error: unknown, cure: string, rule: string): Trouble {
  const code = (error as NodeJS.ErrnoException).code;
  const shown = quoted(name);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: `There is no file ${shown}.`, cure, rule };
  if (code === 'EACCES' || code === 'EPERM') return { problem: `The file ${shown} may not be read.`, cure: 'Check its permissions.', rule };
  return { problem: `The file ${shown} cannot be read (${code ?? 'unknown error'}).`, cure, rule };
}
