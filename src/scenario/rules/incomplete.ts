import type { Rule } from './rule.ts';

/** What a scenario can be played without, but not scored. */
export const incompleteRule: Rule = (subject, complain) => {
  const { solutions, diagnosis, verdict } = subject.scenario;
  const missing = (key: string, problem: string, cure: string): void => {
    complain(subject.place(subject.wrote([key]) ? [key] : ['title'], 'key'), 'incomplete', problem, cure, 'warning');
  };
  if (solutions['golden'] === undefined && solutions['john'] === undefined) missing('solutions', 'No solution is called golden: there is no best path to compare with.', 'Add one.');
  if (diagnosis.length === 0) missing('diagnosis', 'No word tells a right hypothesis: nobody can be found to have diagnosed it.', 'Add diagnosis: [WORD].');
  if (verdict.mitigated.length === 0 || verdict.resolved.length === 0) missing('verdict', 'The verdict does not say what mitigated and resolved mean.', 'Give each list a condition.');
};
