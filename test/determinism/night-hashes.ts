import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptName } from '../../src/journal/timeline.ts';
import { rehearse } from '../../src/responders/rehearsal.ts';
import { readScenario } from '../../src/scenario/read.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

/** One rehearsal, as what it came to: SHA-256 over every fact, in hexadecimal, and how many there were. */
export interface NightHash {
  readonly seed: number;
  readonly sha256: string;
  readonly facts: number;
}

const SCRIPTS: readonly ScriptName[] = ['john', 'johnny', 'random', 'golden', 'noop'];

/** Plays the night of a seed: scenarios and scripts take turns, so that neighbouring seeds play different ones. */
export function nightHash(scenarios: readonly Scenario[], seed: number): NightHash {
  const scenario = scenarios[seed % scenarios.length] as Scenario;
  const as = SCRIPTS[Math.floor(seed / scenarios.length) % SCRIPTS.length] as ScriptName;
  const hash = createHash('sha256');
  let facts = 0;
  rehearse({
    scenario, seed, as,
    onFact: (fact) => {
      hash.update(JSON.stringify(fact));
      facts++;
    },
  });
  return { seed, sha256: hash.digest('hex'), facts };
}

/** Every scenario of this repository, in order of their files. `root` is where the repository is. */
export function allScenarios(root: string): readonly Scenario[] {
  const folder = join(root, 'scenarios');
  const names = readdirSync(folder).filter((file) => file.endsWith('.yaml')).toSorted((one, other) => (one < other ? -1 : 1));
  return names.map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const cluster = /^cluster: *(\S+)/m.exec(text)?.[1] ?? '';
    const files = Object.fromEntries([`${cluster}/objects.yaml`, `${cluster}/traffic.yaml`].map((path) => [path, readFileSync(join(folder, path), 'utf8')]).concat([[file, text]]));
    const { scenario, complaints } = readScenario(files, file);
    if (scenario === null) throw new Error(JSON.stringify(complaints[0]));
    return scenario;
  });
}
