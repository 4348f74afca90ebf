import { expect, test } from 'vitest';
import { blamelessComplaints } from '../../src/debrief/blameless.ts';

const FOUND: readonly (readonly [rule: string, sentence: string])[] = [
  ['counterfactual', 'The operator should have looked at the change log.'],
  ['counterfactual', 'The engineer saw the alert, but could have acted sooner.'],
  ['lapse-verb', 'The on-call engineer failed to notice the alert.'],
  ['lapse-verb', 'The operator restarted the pod and forgot to drain it first.'],
  ['lapse-verb', 'The team that neglected to rotate the key was paged.'],
  ['human-error', 'The cause was human error.'],
  ['named-person', 'Ana restarted the database.'],
  ['named-person', 'The change was made by @ana-p at night.'],
  ['evaluative-adverb', 'The engineer recklessly scaled the fleet.'],
  ['trait', 'It was sloppy work.'],
  ['single-root-cause', 'The root cause was a partner that hung.'],
  ['hindsight', 'Clearly the pool had run dry.'],
  ['negated-action', 'The responder did not check the graphs.'],
  ['who-why', 'Who approved this change?'],
  ['us-them', 'It was the network team’s fault.'],
  ['us-them', 'Ops never answers.'],
  ['punishment', 'The operator was reprimanded.'],
  ['vague-fix', 'Be more careful with restarts.'],
  ['weak-action', '- Investigate the slow queries'],
  ['overclaim', 'The outage lasted for an hour.'],
  ['overclaim', 'This was a minor incident.'],
  ['causal-leap', 'The incident was caused by the engineer.'],
  ['accident-adverb', 'The operator accidentally deleted the namespace.'],
  ['absolutes', 'The developers always skip the tests.'],
];

test.each(FOUND)('%s is found in: %s', (rule, sentence) => {
  expect(blamelessComplaints(sentence, ['Ana']).map((complaint) => complaint.rule)).toContain(rule);
});

test.each([
  'The pod failed to start.',
  'The engineer restarted the service that failed to start.',
  'The operator’s script failed to drain the node.',
  'The storefront restarted and failed to reach the database.',
  'The health check, deployed by the team, failed to run.',
  'Retries should have stopped after three attempts, by configuration.',
  'The room said “the operator should have known”.',
  'Run `kubectl # the operator forgot to` as before.',
  '> The engineer failed to notice.',
  '```\nhuman error\n```',
  'The outage reached 12% of the requests.',
  '- Investigate the slow queries, owner: database on call, by 2026-03-01',
])('nothing is found in: %s', (sentence) => {
  expect(blamelessComplaints(sentence, ['Ana'])).toEqual([]);
});

test('a name may stand under the responders’ heading alone', () => {
  const complaints = blamelessComplaints('# What\n\nAna looked.\n\n## Roles and responders\n\nAna: lead.\n', ['Ana']);
  expect(complaints).toMatchObject([{ line: 3, col: 1, rule: 'named-person', text: 'Ana' }]);
});

test('a complaint has its place, its words and a way to write it', () => {
  expect(blamelessComplaints('Fine.\n\nAt 03:10 the operator\nfailed to call.')).toEqual([
    { line: 4, col: 1, rule: 'lapse-verb', text: 'failed to', rewrite: 'say what ran, and what had no check' },
  ]);
});

test('an exception needs a reason', () => {
  expect(blamelessComplaints('<!-- blameless-ignore trait: name of a product -->\nSloppy 2.0 was deployed.')).toEqual([]);
  expect(blamelessComplaints('<!-- blameless-ignore trait -->\nSloppy 2.0 was deployed.').map(({ rule }) => rule)).toEqual(['ignore-without-reason', 'trait']);
});
