import { expect, test } from 'vitest';
import { debriefOf } from '../../src/debrief/debrief.ts';
import { postmortemMarkdown } from '../../src/debrief/postmortem.ts';
import type { Fact, Timeline } from '../../src/journal/timeline.ts';
import { aDrill, type Night, theScenario } from '../support/a-drill.ts';
import { ApiClient, type Call } from '../support/an-api-call.ts';

const CHECKOUT = '/apis/apps/v1/namespaces/shop/deployments/checkout';
const OFF = { spec: { template: { spec: { containers: [{ name: 'checkout', env: [{ name: 'ADDRESS_CHECK', value: 'off' }] }] } } } };

/** One evening: look, say, switch off, verify. How it is looked and switched off is told by `describe` and `switchOff`. */
function evening(describe: (night: Night) => void, switchOff: (night: Night) => void): Timeline {
  const night = aDrill('slow-site').untilPaged();
  night.types('/ack');
  night.types('/claim');
  night.wait('30s').types('changes');
  night.wait('30s').types('dash checkout');
  describe(night.wait('30s'));
  night.wait('30s').types('/hyp the address check hangs');
  switchOff(night.wait('30s'));
  night.wait('2m').types('/verify');
  night.until('3h');
  const seats = [{ seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' }, { seat: 'responder-2', role: 'responder', name: 'Ben', driver: 'person' }] as const;
  return { header: { format: 'gameday-timeline', version: 1, engine: 'gameday test', drillId: 'test', seed: 7, scenario: { file: 'slow-site.yaml', sha256: '' }, files: {}, pager: 'none', seats }, facts: night.drill.facts };
}

const withSmall = evening((night) => night.types('kubectl describe deploy checkout'), (night) => night.types('kubectl set env deploy/checkout ADDRESS_CHECK=off'));

/** What kubectl asks for on its way. `how` is by what the requests are told to belong together. */
const asks = {
  describe: (client: ApiClient, how: Call): void => {
    for (const path of [CHECKOUT, '/apis/apps/v1/namespaces/shop/replicasets', '/api/v1/namespaces/shop/events']) client.ask('GET', path, { command: 'kubectl describe', session: 'a', ...how });
  },
  switchOff: (client: ApiClient, how: Call): void => {
    client.ask('GET', CHECKOUT, { command: 'kubectl set env', session: 'b', ...how });
    client.ask('PATCH', CHECKOUT, { command: 'kubectl set env', session: 'b', mediaType: 'application/strategic-merge-patch+json', body: OFF, ...how });
  },
};

const inOtherTerminal = evening((night) => asks.describe(new ApiClient(night.drill), {}), (night) => asks.switchOff(new ApiClient(night.drill), {}));
const inPrompt = evening(
  (night) => inTool(night, 'k describe deploy checkout', (client) => asks.describe(client, {})),
  (night) => inTool(night, 'kubectl set env deploy/checkout ADDRESS_CHECK=off', (client) => asks.switchOff(client, {})),
);

function inTool({ drill }: Night, line: string, run: (client: ApiClient) => void): void {
  const tool = drill.toolStarted('responder-1', line) ?? 0;
  run(new ApiClient(drill, { tool }));
  drill.toolEnded(tool, { exit: 0, lines: 0, shown: '', tail: [] }, []);
}

test.each([['in another terminal', inOtherTerminal], ['in the prompt', inPrompt]])('a real kubectl %s is judged as the small one is', (_, timeline) => {
  const [own, small] = [debriefOf(timeline, theScenario('slow-site')), debriefOf(withSmall, theScenario('slow-site'))];
  expect(own.rubric.map(({ id, level }) => `${id} ${level}`)).toEqual(small.rubric.map(({ id, level }) => `${id} ${level}`));
  expect(own.record.actions.map(({ targets, blast, undoClass }) => ({ targets, blast, undoClass }))).toEqual([{ targets: ['deployments/checkout'], blast: 'setting', undoClass: 'U1' }]);
});

test('the postmortem tells the commands as they were typed, not the requests that they took', () => {
  const rows = postmortemMarkdown(debriefOf(inPrompt, theScenario('slow-site'))).split('\n').filter((row) => row.includes('kubectl') && row.startsWith('|'));
  expect(rows.filter((row) => row.includes('looked at state: `kubectl describe deploy checkout`')).length).toBe(1);
  expect(rows.filter((row) => row.includes('patch `deployments/checkout`') && row.includes('by `kubectl set env deploy/checkout ADDRESS_CHECK=off`')).length).toBe(1);
  expect(rows.filter((row) => row.includes('replicasets') || row.includes('events'))).toEqual([]);
});

test('of other clients it tells what they say of themselves', () => {
  const requests = inOtherTerminal.facts.filter((fact): fact is Fact<'api-requested'> => fact.type === 'api-requested');
  expect(requests.length).toBe(5);
  const text = postmortemMarkdown(debriefOf(inOtherTerminal, theScenario('slow-site')));
  expect(text).toContain('looked at state: `kubectl describe deployment/checkout`');
  expect(text).toContain('patch `deployments/checkout`, answer 200, class U1, by `kubectl set env`');
});
