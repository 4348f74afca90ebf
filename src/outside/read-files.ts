import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { compareTexts } from '../time/text-order.ts';
import { inOrder, quoted } from '../yaml/complaint.ts';
import type { Complaint } from '../yaml/complaint.ts';
import { clusterFilesOf, clusterTrouble, readScenario } from '../scenario/read.ts';
import type { Reading } from '../scenario/read.ts';
import { parseYaml } from '../yaml/yaml-source.ts';
import { missing, readText, type Trouble } from './read-text.ts';

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
