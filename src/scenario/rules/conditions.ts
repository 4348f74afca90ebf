import { checkExpression } from '../cel-check.ts';
import type { LiteralCall } from '../cel-check.ts';
import { quoted } from '../../yaml/complaint.ts';
import { SINCE_WORDS } from '../condition-facts.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import { stagePaths } from '../machine-config.ts';
import type { Rule, Subject } from './rule.ts';
import { expressionsIn } from './walk.ts';

/** Conditions are CEL that means something, about things that exist. */
export const conditionRule: Rule = (subject, complain) => {
  for (const { expression, at } of expressionsIn(subject.scenario)) {
    const { trouble, calls } = checkExpression(expression);
    if (trouble !== null) complain(subject.place(at, 'value', trouble.offset), 'condition', trouble.problem, trouble.cure);
    for (const call of calls) {
      const wrong = nameTrouble(call, subject);
      if (wrong !== null) complain(subject.place(at, 'value', call.offset), 'condition-name', wrong.problem, wrong.cure);
    }
  }
};

function nameTrouble({ name, argument }: LiteralCall, subject: Subject): { problem: string; cure: string } | null {
  const among = (what: string, known: readonly string[]): { problem: string; cure: string } | null =>
    known.includes(argument) ? null : { problem: `No ${what} is called ${quoted(argument)}.`, cure: didYouMean(argument, known) };
  switch (name) {
    case 'since': return among('moment', SINCE_WORDS);
    case 'stage': return among('stage', stagePaths(subject.scenario.stages));
    case 'alert': return subject.cluster?.trafficWhole === true ? among('alert', subject.names.traffic?.alerts.map((alert) => alert.name) ?? []) : null;
    case 'deployment':
    case 'statefulset':
    case 'images':
    case 'service': return objectTrouble(name, argument, subject);
    default: return null;
  }
}

const KINDS = { deployment: 'Deployment', statefulset: 'StatefulSet', service: 'Service', images: 'Service' } as const;

function objectTrouble(name: keyof typeof KINDS, argument: string, subject: Subject): { problem: string; cure: string } | null {
  if (subject.cluster?.objectsWhole !== true) return null;
  const found = subject.names.find(KINDS[name], argument);
  if (found.outcome === 'one') return null;
  if (found.outcome === 'many') return { problem: `Several are called ${quoted(argument)}.`, cure: `Write one of ${found.known.join(', ')}.` };
  return { problem: `No ${KINDS[name]} is called ${quoted(argument)}.`, cure: didYouMean(argument, found.known) };
}
