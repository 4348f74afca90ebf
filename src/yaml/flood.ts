import { TOO_DEEP } from './too-deep.ts';

/** What a glance over a text already shows to be hostile, with its offset, or null. Takes time linear in the text. */
export function findFlood(text: string): { readonly offset: number; readonly problem: string; readonly cure: string; readonly rule: string } | null {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === OPEN_LIST || unit === OPEN_MAP) depth++;
    else if (unit === CLOSE_LIST || unit === CLOSE_MAP) depth--;
    // Brackets in texts and comments count too: so many of them unclosed are in no scenario.
    if (depth > MOST_OPEN_BRACKETS) return { offset: at, ...TOO_DEEP };
  }
  const nest = text.search(NEST_ON_A_LINE);
  if (nest !== -1) return { offset: nest, ...TOO_DEEP };
  let aliases = 0;
  for (const { index } of text.matchAll(ALIAS)) {
    if (++aliases > MOST_ALIAS_MARKS) return { offset: index, problem: 'The file is full of aliases.', cure: 'Write the values out.', rule: 'too-many-aliases' };
  }
  return null;
}

const OPEN_LIST = 0x5b;
const OPEN_MAP = 0x7b;
const CLOSE_LIST = 0x5d;
const CLOSE_MAP = 0x7d;
const MOST_OPEN_BRACKETS = 500;
/** `- - - - -`: each opens one level more. */
const NEST_ON_A_LINE = /(?:[-?] ){60}/;
const ALIAS = /[\s,[{]\*\w/g;
const MOST_ALIAS_MARKS = 2_000;
