import { quoted } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import type { AuthoredStep } from '../shape/traffic-shape.ts';
import type { Rule } from './rule.ts';

/** What a verdict keeps on is a switch of a program, and one that the scenario's own solutions leave on. */
export const keepsRule: Rule = ({ scenario, names, cluster, place }, complain) => {
  if (cluster?.trafficWhole !== true) return;
  const switches = Object.values(names.traffic?.programs ?? {}).flatMap(({ routes }) => Object.values(routes).flatMap(switchesIn));
  for (const [nth, name] of scenario.verdict.keeps.entries()) {
    const at = place(['verdict', 'keeps', nth]);
    if (!switches.includes(name)) complain(at, 'unknown-switch', `No program has a feature that ${quoted(name)} switches.`, didYouMean(name, [...new Set(switches)]));
    for (const [who, lines] of Object.entries(scenario.solutions)) {
      const off = lines.find((line) => new RegExp(`\\b${name}[= ](?:off|false|no|0|disabled)\\b`).test(line));
      if (off !== undefined) complain(at, 'keeps', `The solution ${quoted(who)} switches ${quoted(name)} off, which the verdict keeps on.`, 'Remove it from keeps, or solve it otherwise.');
    }
  }
};

function switchesIn(steps: readonly AuthoredStep[]): string[] {
  return steps.flatMap(({ when, transaction, cached }) => [
    ...(when === undefined ? [] : [when.env, ...switchesIn(when.steps)]),
    ...switchesIn(transaction?.steps ?? []),
    ...switchesIn(cached?.miss ?? []),
  ]);
}
