import { MASK } from './mask.ts';

const PERSON_WORDS =
  'engineers?|operators?|responders?|developers?|devs?|admins?|administrators?|sres?|dbas?|managers?|leads?|scribes?|interns?|juniors?|seniors?|teams?|crew|pair|partner|colleagues?|staff|people|person|someone|somebody|anyone|anybody|everyone|everybody|nobody|he|she|they|we|you|i|who|ops|oncall|on-call|commander|technicians?|humans?|author|reviewers?';

/** Who can do a thing, as a pattern. Not where it is a possessive: the engineer's script is a script. */
export const PERSON = new RegExp(`\\b(?:${PERSON_WORDS})\\b(?!['’]s|-)`, 'i');
const IS_PERSON = new RegExp(`^(?:${PERSON_WORDS})$`, 'i');

const BETWEEN = /^(?:also|then|again|later|first|had|have|has|having|was|were|is|are|be|been|did|does|do|will|would|simply|initially|still|just|both|\w+ly|1|2|3)$/i;
const CARRY = /^(?:and|but|or|nor|yet)$/i;
const RESET = /^(?:that|which|because|when|while|if|after|before|since|as|although|though|where|until|so)$/i;
const PREPOSITION = /^(?:of|by|for|to|from|in|on|at|with|into|under|over|about)$/i;

/**
 * Whether a person is the subject of what follows these words of a sentence. The subject is carried across "and" and
 * "but" and reset at "that", "which" and other conjunctions. `names` are people, too.
 */
export function subjectIsPerson(before: string, names: readonly string[] = []): boolean {
  const words = before.match(new RegExp(`[\\p{L}\\p{N}'’${MASK}_/-]+|[,;:()]`, 'gu')) ?? [];
  const isPerson = (word: string | undefined): boolean => word !== undefined && (IS_PERSON.test(word) || names.some((name) => name.split(' ').includes(word)));
  let at = words.length - 1;
  while (at >= 0 && (BETWEEN.test(words[at] ?? '') || words[at] === ',')) at--;
  const word = words[at];
  if (word === undefined) return false;
  if (isPerson(word)) return !PREPOSITION.test(words[at - 1] ?? '') && !/^(?:by|of)$/i.test(words[at - 2] ?? '');
  // "the team that forgot": the noun before "that" is the subject.
  if (/^(?:that|which)$/i.test(word)) return isPerson(words[at - 1]);
  if (CARRY.test(word)) return carried(words.slice(0, at), isPerson);
  return false;
}

/** The subject at the head of the clause that these words are. */
function carried(words: readonly string[], isPerson: (word: string) => boolean): boolean {
  let from = 0;
  for (const [at, word] of words.entries()) if (RESET.test(word) || word === ';' || word === ':') from = at + 1;
  const reset = words[from - 1];
  const clause = words.slice(from);
  if (reset !== undefined && /^(?:that|which)$/i.test(reset) && !clause.slice(0, 3).some(isPerson)) return isPerson(words[from - 2] ?? '');
  for (const word of clause.slice(0, 4)) {
    if (isPerson(word)) return true;
    if (PREPOSITION.test(word)) return false;
  }
  return false;
}
