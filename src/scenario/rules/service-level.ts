import { quoted } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import { durationMs, shareOf } from '../shape/atoms.ts';
import { stagePaths } from '../machine-config.ts';
import type { Rule, Subject, Complain } from './rule.ts';

/** The service level is one that can be measured and missed, and what waits for a moment waits for one that comes. */
export const serviceLevelRule: Rule = (subject, complain) => {
  const { slo, timebox, injects, hints } = subject.scenario;
  checkService(slo.service, subject, complain);
  if (shareOf(slo.objective) >= 1 || shareOf(slo.objective) <= 0) complain(subject.place(['slo', 'objective']), 'slo', 'An objective of all or nothing leaves no error budget.', 'Write one such as 99.5%.');
  if (durationMs(timebox) === 0) complain(subject.place(['timebox']), 'timebox', 'A time box of nothing ends at once.', 'Write one such as 45m.');
  const stages = stagePaths(subject.scenario.stages);
  for (const [nth, { after }] of injects.entries()) {
    if (typeof after === 'object' && !stages.includes(after.state)) complain(subject.place(['injects', nth, 'after', 'state']), 'unknown-stage', `No stage is called ${quoted(after.state)}.`, didYouMean(after.state, stages));
    const delay = typeof after === 'string' ? after : after.by;
    if (durationMs(delay) > durationMs(timebox)) complain(subject.place(['injects', nth, 'after']), 'too-late', 'This inject comes after the time box.', 'Let it come earlier.', 'warning');
  }
  for (const [nth, { after }] of hints.entries()) {
    if (durationMs(after) > durationMs(timebox)) complain(subject.place(['hints', nth, 'after']), 'too-late', 'This hint comes after the time box.', 'Let it come earlier.', 'warning');
  }
};

function checkService(service: string, subject: Subject, complain: Complain): void {
  if (service === '' || subject.cluster?.objectsWhole !== true) return;
  const found = subject.names.find('Service', service);
  const place = subject.place(['slo', 'service']);
  if (found.outcome === 'many') complain(place, 'unknown-service', `Several Services are called ${quoted(service)}.`, `Write one of ${found.known.join(', ')}.`);
  if (found.outcome === 'none') complain(place, 'unknown-service', `No Service is called ${quoted(service)}.`, didYouMean(service, found.known));
  if (found.outcome !== 'one' || !subject.cluster.trafficWhole) return;
  const loaded = subject.names.traffic?.load.map((load) => subject.names.full('Service', load.service)) ?? [];
  if (!loaded.includes(found.full)) complain(place, 'slo', `Nobody asks anything of ${quoted(service)}: its service level is never measured.`, didYouMean(service, loaded));
}
