import { imagesOf, readChange } from '../build/change.ts';
import { quoted } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import type { AuthoredChange } from '../shape/stages-shape.ts';
import type { Path } from '../../yaml/yaml-source.ts';
import type { Complain, Rule, Subject } from './rule.ts';
import { actionsIn } from './walk.ts';

/** Changes change what exists, to versions that exist, and those before the drill say when. */
export const changeRule: Rule = (subject, complain) => {
  for (const [nth, change] of subject.scenario.changes.entries()) {
    const at = ['changes', nth];
    if (!subject.wrote([...at, 'at'])) complain(subject.place(at), 'change', 'This change does not say when it was made.', 'Add at: -3h.');
    checkChange(change, at, subject, complain);
  }
  for (const { action, at } of actionsIn(subject.scenario)) {
    if (action.change === undefined) continue;
    if (action.change.at !== undefined) complain(subject.place([...at, 'change', 'at'], 'key'), 'change', 'A change that is an action is made at once.', 'Remove at.');
    checkChange(action.change, [...at, 'change'], subject, complain);
  }
};

function checkChange({ what }: AuthoredChange, at: Path, subject: Subject, complain: Complain): void {
  const words = readChange(what);
  const place = subject.place([...at, 'what']);
  if (words.do === 'note') return;
  if (words.do === 'unclear') {
    const example = words.kind === 'deployment' ? 'deployment/checkout 5.1.2 to 5.1.3, or deployment/checkout 3 to 6 replicas' : 'configmap/shop-flags EXPRESS off to on';
    complain(place, 'change', `What this changes in the ${words.kind} is unclear.`, `Write it as ${example}; or begin with other words if it is only to be read.`);
    return;
  }
  if (subject.cluster?.objectsWhole !== true) return;
  const [kind, name] = words.do === 'config' ? (['ConfigMap', words.configMap] as const) : (['Deployment', words.deployment] as const);
  const found = subject.names.find(kind, name);
  if (found.outcome === 'none') complain(place, 'unknown-target', `No ${kind} is called ${quoted(name)}.`, didYouMean(name, found.known));
  if (found.outcome === 'many') complain(place, 'unknown-target', `Several ${kind}s are called ${quoted(name)}.`, `Write one of ${found.known.join(', ')}.`);
  if (words.do !== 'image' || found.outcome !== 'one' || !subject.cluster.trafficWhole) return;
  const program = subject.names.program(imagesOf(subject.names, name)[0]?.repository ?? '');
  for (const tag of [words.from, words.to]) {
    if (program !== undefined && !program.tags.includes(tag)) complain(place, 'unknown-version', `The registry holds no version ${quoted(tag)} of ${name}.`, didYouMean(tag, program.tags));
  }
}
