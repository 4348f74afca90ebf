import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { FAULTS } from '../../src/cluster/faults/catalogue.ts';
import { symptomPage } from './page.ts';
import { aWellDay, profileOf, type Profile } from './profile.ts';

/** `npm run symptoms`: says which pages are not what a run shows now; with `--write` it writes them. Exit code 1 where one is not. */

const PAGES = 'docs/faults';
const write = process.argv.includes('--write');
const well = aWellDay();
const profiles: Profile[] = [];
const stale: string[] = [];
for (const fault of FAULTS.values()) {
  const profile = profileOf(fault, well);
  profiles.push(profile);
  keep(`${PAGES}/${fault.word}.md`, symptomPage(fault, profile));
}
keep(`${PAGES}/profiles.json`, `${JSON.stringify(profiles.map(({ word, signals, lines, passed, warnings }) => ({ word, passed, warnings, signals: Object.fromEntries(Object.entries(signals).filter(([name]) => !name.startsWith('node-of '))), lines })), null, 1)}\n`);
process.stdout.write(stale.length === 0 ? `${profiles.length} faults look as their pages say.\n` : `${stale.join('\n')}\n`);
if (stale.length > 0 && !write) process.exitCode = 1;

function keep(path: string, text: string): void {
  let now = '';
  try {
    now = readFileSync(path, 'utf8');
  } catch {
    mkdirSync(PAGES, { recursive: true });
  }
  if (now === text) return;
  stale.push(`${path} ${write ? 'is written anew' : 'is not what a run shows'}`);
  if (write) writeFileSync(path, text);
}
