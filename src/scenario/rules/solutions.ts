import { quoted } from '../../yaml/complaint.ts';
import { didYouMean, nearest } from '../../yaml/did-you-mean.ts';
import type { Rule } from './rule.ts';
import { actionsIn } from './walk.ts';

/** What a responder's line can begin with, apart from plain words, which are said to the room. In step with the drill's own table by a test. */
export const TOOLS = ['kubectl', 'changes', 'dash', 'logs', 'trace', 'curl'];
export const COMMANDS = ['/ack', '/can', '/claim', '/confirm', '/flag', '/handoff', '/help', '/hint', '/hyp', '/plan', '/resolve', '/role', '/ticket', '/undo', '/update', '/verify'];

/** Solutions are made of commands that exist, and decoys are about something real. */
export const solutionRule: Rule = (subject, complain) => {
  const { solutions, decoys } = subject.scenario;
  for (const [name, lines] of Object.entries(solutions)) {
    for (const [nth, line] of lines.entries()) {
      const [first = '', second] = line.trim().split(/\s+/);
      const command = first.startsWith('/');
      const known = command ? COMMANDS : TOOLS;
      const slip = command || (second !== undefined && nearest(first, known) !== null);
      if (slip && first !== 'k' && !known.includes(first)) complain(subject.place(['solutions', name, nth]), 'unknown-command', `There is no command ${quoted(first)}.`, didYouMean(first, known));
    }
  }
  for (const [nth, decoy] of decoys.entries()) {
    const wrong = decoyTrouble(decoy, subject);
    if (wrong !== null) complain(subject.place(['decoys', nth]), 'unknown-decoy', `Nothing in the scenario is ${quoted(decoy)}.`, wrong);
  }
};

/** `deployment/search restarts` is about an object; `change/storefront-4.2.0` and other words are about a change. */
function decoyTrouble(decoy: string, { scenario, names, cluster }: Parameters<Rule>[0]): string | null {
  const object = /^(deployment|statefulset|service|node|configmap)\/(\S+)/.exec(decoy);
  if (object !== null) {
    if (cluster?.objectsWhole !== true) return null;
    const kind = KINDS[object[1] as keyof typeof KINDS];
    const found = names.find(kind, object[2] as string);
    return found.outcome === 'none' ? didYouMean(object[2] as string, found.known) : null;
  }
  const words = decoy.replace(/^change\//, '').toLowerCase();
  const parts = words.split(/[\s/-]+/).filter((part) => part !== '');
  const changes = [...scenario.changes, ...actionsIn(scenario).flatMap(({ action }) => action.change ?? [])];
  const told = changes.some(({ what }) => parts.every((part) => what.toLowerCase().includes(part)));
  return told || cluster?.traffic?.alerts.some(({ name }) => name.toLowerCase() === words) === true ? null : 'Write the words of one of the changes, or an object such as deployment/search.';
}

const KINDS = { deployment: 'Deployment', statefulset: 'StatefulSet', service: 'Service', node: 'Node', configmap: 'ConfigMap' } as const;
