import type { Sentence } from './sentences.ts';
import { PERSON, subjectIsPerson } from './subject.ts';

export type RuleName =
  | 'counterfactual' | 'lapse-verb' | 'human-error' | 'named-person' | 'evaluative-adverb' | 'trait' | 'single-root-cause' | 'hindsight' | 'negated-action'
  | 'who-why' | 'us-them' | 'punishment' | 'vague-fix' | 'weak-action' | 'overclaim' | 'causal-leap' | 'accident-adverb' | 'absolutes';

interface Found {
  readonly index: number;
  readonly text: string;
}

type Find = (sentence: Sentence & { readonly names: readonly string[] }) => readonly Found[];

export interface BlamelessRule {
  readonly find: Find;
  readonly rewrite: string;
}

/** Matches wherever they stand. */
function anywhere(pattern: RegExp): Find {
  return ({ text }) => [...text.matchAll(pattern)].map((match) => ({ index: match.index, text: match[0] }));
}

/** Matches of which a person is the subject: a component may fail to do something. */
function byPerson(pattern: RegExp): Find {
  return (sentence) => anywhere(pattern)(sentence).filter(({ index }) => subjectIsPerson(sentence.text.slice(0, index), sentence.names));
}

function either(...finds: readonly Find[]): Find {
  return (sentence) => finds.flatMap((find) => find(sentence));
}

export const RULES = {
  counterfactual: { find: byPerson(/\b(?:should|could|would)(?: not|n['’]t)? have\b|\bought (?:not )?to have\b/gi), rewrite: 'say what the screen showed then' },
  'lapse-verb': { find: byPerson(/\b(?:fail(?:ed|s)? to|forgot(?: to)?|neglected(?: to)?|missed|overlooked|omitted(?: to)?)\b/gi), rewrite: 'say what ran, and what had no check' },
  'human-error': { find: anywhere(/\b(?:human|operator|user|engineer|admin) error\b|\bfat[- ]finger\w*/gi), rewrite: 'say what the tool allowed' },
  'named-person': { find: namedPerson, rewrite: 'name the role' },
  'evaluative-adverb': { find: byPerson(/\b(?:carelessly|recklessly|incorrectly|wrongly|foolishly|poorly|hastily|blindly|negligently|improperly)\b/gi), rewrite: 'say what was seen and chosen' },
  trait: { find: anywhere(/\b(?:lazy|sloppy|inexperienced|careless|incompetent|negligent|clueless)\b/gi), rewrite: 'describe the conditions' },
  'single-root-cause': { find: anywhere(/\b(?:the|a|one|single) root cause\b|\broot cause (?:was|is)\b/gi), rewrite: 'list contributing factors' },
  hindsight: { find: anywhere(/\b(?:obviously|clearly|of course|(?:in|with) hindsight|in retrospect|needless to say)\b/gi), rewrite: 'say what was known at that time' },
  'negated-action': {
    find: byPerson(/\b(?:did not|didn['’]t|does not|doesn['’]t) (?:\w+ly )?(?:check|notice|see|look|reali[sz]e|verify|read|test|think|know|ask|follow|communicate|consult|tell)\b/gi),
    rewrite: 'say what was visible',
  },
  'who-why': { find: anywhere(/\b[Ww]ho (?:did|caused|broke|approved|deployed|(?:is|was) responsible)\b|\b[Ww]hy did(?:n['’]t)? (?:he|she|they|you|the (?:engineer|operator|responder|developer|team|pair)|[A-Z]\w+)\b/g), rewrite: 'ask how and what' },
  'us-them': { find: anywhere(/\b(?:the )?[\w-]+ team['’]s (?:fault|mistake)\b|\btheir (?:fault|mistake)\b|\b(?:ops|devs?|developers|operations) (?:never|always)\b/gi), rewrite: 'write "our", and both sides’ checks' },
  punishment: { find: either(anywhere(/\b(?:reprimand\w*|disciplinary|disciplined|retrain(?:ed|ing)?|punish\w*)\b/gi), byPerson(/\b(?:warned|blamed|fired)\b/gi)), rewrite: 'say how the system changes' },
  'vague-fix': { find: anywhere(/\bbe (?:more )?careful\b|\bremember to\b|\bpay (?:more|better|closer) attention\b|\btry harder\b|\bbe more (?:aware|vigilant)\b/gi), rewrite: 'add a guard or a check' },
  'weak-action': { find: weakAction, rewrite: 'page when X is above Y for Z; with an owner, a date and a done-test' },
  overclaim: { find: overclaim, rewrite: 'give the number' },
  'causal-leap': { find: causalLeap, rewrite: 'give the sequence and the conditions' },
  'accident-adverb': { find: byPerson(/\b(?:accidentally|mistakenly|inadvertently|unintentionally|by (?:mistake|accident))\b/gi), rewrite: 'say how the design allowed it' },
  absolutes: { find: either(byPerson(/\b(?:always|never)\b/gi), anywhere(/\b(?:everyone|everybody|nobody|no one) (?:knew|knows|saw|noticed|checks?|checked|reads?)\b/gi)), rewrite: 'give the count' },
} as const satisfies Record<RuleName, BlamelessRule>;

function namedPerson({ text, heading, names }: Parameters<Find>[0]): readonly Found[] {
  if (/\bresponders\b/i.test(heading)) return [];
  const handles = [...text.matchAll(/(?<![\w/.@])@[a-z][\w-]+/gi)].map((match) => ({ index: match.index, text: match[0] }));
  const named = names.filter((name) => name.trim().length > 1).flatMap((name) => {
    const word = new RegExp(`(?<![\\p{L}\\p{N}])${name.trim().replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'gu');
    return [...text.matchAll(word)].map((match) => ({ index: match.index, text: match[0] }));
  });
  return [...handles, ...named];
}

const WEAK = /^[\s\d.)*+#-]*(?:we (?:will|should|must) )?(investigate|consider|improve|explore|look into|think about|discuss)\b/i;

/** An intention without a date on its line. */
function weakAction({ text, line }: Sentence): readonly Found[] {
  const match = WEAK.exec(text);
  if (match?.[1] === undefined || /\b\d{4}-\d{2}-\d{2}\b/.test(line)) return [];
  return [{ index: match[0].length - match[1].length, text: match[1] }];
}

/** "Outage" without a share of users or requests beside it, and words that make little of it. */
function overclaim(sentence: Parameters<Find>[0]): readonly Found[] {
  const outages = /\d\s?%/.test(sentence.text) ? [] : anywhere(/\b(?:total |complete |full )?outage\b/gi)(sentence);
  return [...outages, ...anywhere(/\b(?:only|just|merely) (?:a )?(?:few|small|minor|brief|\d+)|\bminor (?:impact|issue|incident|disruption|problem)\b/gi)(sentence)];
}

const CAUSED = new RegExp(`\\b(?:caused|triggered|broken) by (?:(?:the|an?|our|their|one) )?(?:[\\w-]+ )?${PERSON.source}`, 'gi');

function causalLeap(sentence: Parameters<Find>[0]): readonly Found[] {
  return anywhere(CAUSED)(sentence);
}
