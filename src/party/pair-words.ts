import type { Pair, PairChoice } from './pair.ts';

/** Why these two: plain sentences for people, in the order in which they matter. */
export function sayWhy(choice: PairChoice): readonly string[] {
  const { pair } = choice;
  return [...whoCovers(pair), ...whatRemains(pair), ...noviceWords(pair), runnerUpWords(choice)].filter((sentence) => sentence !== '');
}

function whoCovers(pair: Pair): string[] {
  const shared = pair.skills.filter(({ levels, uncovered }) => !uncovered && levels[0] === levels[1]);
  return [
    partOf(pair, 0),
    partOf(pair, 1),
    shared.length === 0 ? '' : `Both bring ${list(shared.map(({ skill, levels }) => `${skill} (${levels[0]})`))}.`,
  ];
}

/** What one of them covers better than the other. */
function partOf(pair: Pair, at: 0 | 1): string {
  const skills = pair.skills.filter(({ levels: [a, b], uncovered }) => !uncovered && (at === 0 ? a > b : b > a));
  return skills.length === 0 ? '' : `${pair.people[at].name} covers ${list(skills.map(({ skill, levels }) => `${skill} (${levels[at]})`))}.`;
}

function whatRemains(pair: Pair): string[] {
  const open = pair.skills.filter(({ uncovered }) => uncovered);
  if (open.length === 0) return ['Together they reach everything that the scenario asks.'];
  const words = open.map(({ skill, asked, levels }) => `${skill} (asked ${asked}, best ${Math.max(...levels)})`);
  return [`Not reached: ${list(words)}. Know whom to ask before it starts.`];
}

function noviceWords(pair: Pair): string[] {
  if (pair.novices === 2) return ['Neither does any of this alone yet, and the party has no other pair: give them an observer who does.'];
  return [];
}

function runnerUpWords({ pair, runnerUp, decidedBy }: PairChoice): string {
  if (runnerUp === null) return 'They are the only two there are.';
  const names = list(runnerUp.people.map(({ name }) => name));
  switch (decidedBy) {
    case 'only-pair':
      return '';
    case 'novices':
      return `Next would be ${names} (${percent(runnerUp.coverage)}), but neither of them does any of this alone yet.`;
    case 'coverage':
      return `Next would be ${names}: they cover ${percent(runnerUp.coverage)} against ${percent(pair.coverage)}.`;
    case 'overlap':
      return `${names} cover as much, but know more of the same things.`;
    case 'balance':
      return `${names} cover as much, but more of it hangs on one of them.`;
    case 'name':
      return `${names} would do as well; the alphabet decided.`;
  }
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

function list(words: readonly string[]): string {
  return words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
