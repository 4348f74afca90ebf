import { compareTexts } from '../time/text-order.ts';
import { ignoresOf } from './blameless/ignores.ts';
import { masked } from './blameless/mask.ts';
import { RULES, type BlamelessRule, type RuleName } from './blameless/rules.ts';
import { sentencesOf } from './blameless/sentences.ts';

/** One place in a document that speaks of a person where it could speak of conditions. `line` and `col` count from 1. */
export interface BlamelessComplaint {
  readonly line: number;
  readonly col: number;
  readonly rule: RuleName | 'ignore-without-reason';
  /** The words that were found. */
  readonly text: string;
  /** What to write towards. */
  readonly rewrite: string;
}

/**
 * Reads Markdown by the prose rules of a blameless postmortem. Quotes, code and block quotes are other people's words and
 * exempt. `names` are people who may stand under "Roles and responders" alone. In order of place.
 */
export function blamelessComplaints(markdown: string, names: readonly string[] = []): readonly BlamelessComplaint[] {
  const text = masked(markdown);
  const ignores = ignoresOf(markdown);
  const rules = Object.entries(RULES) as [RuleName, BlamelessRule][];
  const found: { readonly at: number; readonly complaint: BlamelessComplaint }[] = [...ignores.complaints];
  for (const sentence of sentencesOf(text)) {
    for (const [rule, { find, rewrite }] of rules) {
      for (const match of find({ ...sentence, names })) {
        const at = sentence.start + match.index;
        const place = placeOf(text, at);
        if (ignores.ignored(place.line, rule)) continue;
        found.push({ at, complaint: { ...place, rule, text: match.text.replaceAll(/\s+/g, ' '), rewrite } });
      }
    }
  }
  return found.sort((a, b) => a.at - b.at || compareTexts(a.complaint.rule, b.complaint.rule)).map(({ complaint }) => complaint);
}

function placeOf(text: string, at: number): { readonly line: number; readonly col: number } {
  const before = text.slice(0, at);
  const line = before.split('\n').length;
  return { line, col: at - (before.lastIndexOf('\n') + 1) + 1 };
}
