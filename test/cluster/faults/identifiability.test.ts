import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULTS } from '../../../src/cluster/faults/catalogue.ts';
import { kindOfSignal } from '../../symptoms/profile.ts';

interface Kept {
  readonly word: string;
  readonly signals: Readonly<Record<string, number>>;
  readonly lines: readonly string[];
  readonly passed: readonly string[];
  readonly warnings: readonly string[];
  readonly shells?: readonly string[];
}

/** What the runs showed: `npm run symptoms -- --write` renews it. */
const profiles = JSON.parse(readFileSync('docs/faults/profiles.json', 'utf8')) as readonly Kept[];

/** Which signals there are and in what words, whoever they are about: that another workload was struck tells nobody what struck it. */
function sightsOf({ signals, lines, passed, warnings, shells = [] }: Kept): Set<string> {
  const kinds = Object.keys(signals).map(kindOfSignal);
  // How many things suffer tells a broken neighbour from a broken way to everybody.
  const wide = kinds.filter((kind) => kind.startsWith('call.errors')).length > 3 ? ['calls of many fail'] : [];
  return new Set([...kinds, ...warnings, ...shells.map((line) => line.replace(/worker-\d/, 'worker').replaceAll(/\d+/g, '#')), ...passed.map((signal) => `${kindOfSignal(signal)} and comes back`), ...lines.map((line) => kindOfSignal(line).replaceAll(/peer=\S+/g, 'peer=…').replace(/^log … (?:ERROR|WARN)\s+\S+/, 'log')), ...wide]);
}

/** What a responder notices first: the first metric that moved, else the first signal at all. */
function firstOf({ signals }: Kept): string {
  const byTime = Object.entries(signals).toSorted(([one, oneS], [other, otherS]) => oneS - otherS || (one < other ? -1 : 1)).map(([name]) => name);
  const errors = byTime.find((name) => name.startsWith('http.errors')) ?? byTime.find((name) => / (?:rises|falls)$/.test(name)) ?? byTime[0];
  return kindOfSignal(errors ?? '');
}

test('every fault was run', () => {
  expect(profiles.map(({ word }) => word)).toEqual([...FAULTS.keys()]);
});

test('faults that begin alike differ in something that a responder can see', () => {
  const alike: string[] = [];
  profiles.forEach((one, at) => {
    for (const other of profiles.slice(at + 1)) {
      if (firstOf(one) !== firstOf(other)) continue;
      const [ours, theirs] = [sightsOf(one), sightsOf(other)];
      if (ours.size === theirs.size && [...ours].every((sight) => theirs.has(sight))) alike.push(`${one.word} and ${other.word}`);
    }
  });
  expect(alike).toEqual([]);
});
