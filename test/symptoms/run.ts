import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { FAULTS } from '../../src/cluster/faults/catalogue.ts';
import type { FaultKind } from '../../src/cluster/faults/fault.ts';
import { markOf } from './mark.ts';
import { symptomPage } from './page.ts';
import { aWellDay, profileOf, type Profile } from './profile.ts';

/**
 * `npm run symptoms`: says which pages are not what a run shows now; with `--write` it writes them. Words of faults behind it: only
 * those pages, and their part of the profiles; with `--stale`, only of faults that have changed since. Exit code 1 where one is not.
 */

const PAGES = 'docs/faults';
const write = process.argv.includes('--write');
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const isStale = (fault: FaultKind): boolean => !readOr(`${PAGES}/${fault.word}.md`, '').startsWith(`<!-- made of ${markOf(fault)} -->`);
const chosen = [...FAULTS.values()].filter((fault) => (words.length === 0 || words.includes(fault.word)) && (!process.argv.includes('--stale') || isStale(fault)));
const well = aWellDay();
const fresh = new Map<string, object>();
const stale: string[] = [];
for (const fault of chosen) {
  const profile = profileOf(fault, well);
  fresh.set(fault.word, keptOf(profile));
  keep(`${PAGES}/${fault.word}.md`, symptomPage(fault, profile, markOf(fault)));
}
// Read as late as it can be: somebody else may have written other pages meanwhile.
const kept = new Map((JSON.parse(readOr(`${PAGES}/profiles.json`, '[]')) as readonly { readonly word: string }[]).map((one) => [one.word, one as object]));
keep(`${PAGES}/profiles.json`, `${JSON.stringify([...FAULTS.keys()].flatMap((word) => fresh.get(word) ?? kept.get(word) ?? []), null, 1)}\n`);
// Pages of no fault go with a whole run only: another checkout may know more faults than this one.
for (const name of chosen.length === FAULTS.size ? readdirSync(PAGES) : []) {
  if (!name.endsWith('.md') || FAULTS.has(name.slice(0, -'.md'.length))) continue;
  stale.push(`${PAGES}/${name} is of no fault${write ? ', and gone' : ''}`);
  if (write) rmSync(`${PAGES}/${name}`);
}
process.stdout.write(stale.length === 0 ? `${chosen.length} faults look as their pages say.\n` : `${stale.join('\n')}\n`);
if (stale.length > 0 && !write) process.exitCode = 1;

/** What is kept of a run to tell faults apart by. */
function keptOf({ word, signals, lines, passed, warnings, shells, changes }: Profile): object {
  return { word, passed, warnings, shells, changes, signals: Object.fromEntries(Object.entries(signals).filter(([name]) => !name.startsWith('node-of '))), lines };
}

function keep(path: string, text: string): void {
  if (readOr(path, '') === text) return;
  stale.push(`${path} ${write ? 'is written anew' : 'is not what a run shows'}`);
  if (!write) return;
  mkdirSync(PAGES, { recursive: true });
  writeFileSync(path, text);
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
