import { quoted } from '../../yaml/complaint.ts';
import type { Rule } from './rule.ts';
import { actionsIn } from './walk.ts';

/** What is described is used: a fault that never begins is more likely a slip than a wish. */
export const unusedRule: Rule = (subject, complain) => {
  const actions = actionsIn(subject.scenario).map(({ action }) => action);
  const begun = new Set(actions.flatMap(({ begin, complication }) => [begin, complication]));
  const sent = new Set(actions.map(({ page }) => page));
  for (const name of Object.keys(subject.scenario.faults)) {
    if (!begun.has(name)) complain(subject.place(['faults', name], 'key'), 'unused', `The fault ${quoted(name)} never begins.`, 'Begin it in a stage, or remove it.', 'warning');
  }
  for (const name of Object.keys(subject.scenario.pages)) {
    if (!sent.has(name)) complain(subject.place(['pages', name], 'key'), 'unused', `The page ${quoted(name)} is never sent.`, 'Send it in a stage, or remove it.', 'warning');
  }
};
