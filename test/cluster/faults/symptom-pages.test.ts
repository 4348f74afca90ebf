import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../../src/cluster/faults/catalogue.ts';
import type { FaultKind } from '../../../src/cluster/faults/fault.ts';
import { markOf } from '../../symptoms/mark.ts';
import { symptomPage } from '../../symptoms/page.ts';
import { aWellDay, profileOf } from '../../symptoms/profile.ts';

const PAGES = 'docs/faults';
const pageOf = (word: string): string => readFileSync(`${PAGES}/${word}.md`, 'utf8');

describe('every fault has a page of its symptoms', () => {
  test('and no page is of none', () => {
    const pages = readdirSync(PAGES).filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -'.md'.length));
    expect(pages.toSorted(byText)).toEqual([...FAULTS.keys()].toSorted(byText));
  });

  test('that was made of the fault as it is', () => {
    const old = [...FAULTS.values()].filter((fault) => !pageOf(fault.word).startsWith(`<!-- made of ${markOf(fault)} -->`)).map(({ word }) => word);
    expect(old, `renew them: npm run symptoms -- --write ${old.join(' ')}`).toEqual([]);
  });
});

describe('a run shows what the page says', () => {
  const well = aWellDay();

  test.each(['access-denied', 'wrong-image'])('of %s', (word) => {
    const fault = FAULTS.get(word) as FaultKind;
    const now = symptomPage(fault, profileOf(fault, well), markOf(fault));
    expect(gistOf(now), 'the world has changed: npm run symptoms -- --write').toEqual(gistOf(pageOf(word)));
  });
});

/** Which metrics moved first, which alerts fired, what events and lines there were; not their numbers. */
function gistOf(page: string): Readonly<Record<string, readonly string[]>> {
  return {
    moved: [...page.matchAll(/^\| \d+:\d\d \| `(\S+)` \| (\S+) \|/gm)].slice(0, 4).map(([, metric = '', of = '']) => `${metric} ${of}`).toSorted(byText),
    alerts: [...page.matchAll(/^- \d+:\d\d {2}`([A-Z]\w+)`$/gm)].map(([, name = '']) => name).toSorted(byText),
    events: [...page.matchAll(/^ *\d+:\d\d {2}(?:Warning|Normal ) +(\w+)/gm)].map(([, reason = '']) => reason).toSorted(byText),
  };
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
