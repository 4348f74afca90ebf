import { quoted } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import { injectIds, namesUnder } from './rule.ts';
import type { Rule } from './rule.ts';
import { actionsIn } from './walk.ts';

/** Actions name faults, pages and injects that the scenario has; injects have ids of their own. */
export const referenceRule: Rule = (subject, complain) => {
  const faults = namesUnder(subject, 'faults');
  const pages = namesUnder(subject, 'pages');
  const injects = injectIds(subject);
  for (const { action, at } of actionsIn(subject.scenario)) {
    const check = (key: 'begin' | 'end' | 'complication' | 'page' | 'inject', what: string, known: readonly string[]): void => {
      const name = action[key];
      if (name === undefined || known.includes(name)) return;
      complain(subject.place([...at, key]), `unknown-${what}`, `No ${what} is called ${quoted(name)}.`, didYouMean(name, known) || `Describe it under ${what}s.`);
    };
    check('begin', 'fault', faults);
    check('end', 'fault', faults);
    check('complication', 'fault', faults);
    check('page', 'page', pages);
    check('inject', 'inject', injects);
  }
  const seen = new Set<string>();
  for (const [nth, { id }] of subject.scenario.injects.entries()) {
    if (seen.has(id)) complain(subject.place(['injects', nth, 'id']), 'duplicate-inject', `Another inject is called ${quoted(id)} already.`, 'Choose another id.');
    seen.add(id);
  }
};
