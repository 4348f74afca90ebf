import { expect, test } from 'vitest';
import { debriefOf } from '../../src/debrief/debrief.ts';
import type { RubricId } from '../../src/debrief/rubric.ts';
import type { TimelineBuilder } from '../support/a-timeline.ts';
import { johnsNight, pagedNight, theSlowSite } from '../support/the-slow-site.ts';

type Case = readonly [what: string, id: RubricId, level: number | null, night: TimelineBuilder];

const RISKY = { undoClass: 'U2', undo: null } as const;
const lead = { type: 'role-taken', seat: 'responder-1', role: 'lead' } as const;
const hands = { type: 'role-taken', seat: 'responder-2', role: 'hands' } as const;

const CASES: readonly Case[] = [
  ['one acknowledgement of two', 'B1', 2, pagedNight().ack('4m')],
  ['an acknowledgement after six minutes', 'B1', 0, pagedNight().ack('9m')],
  ['a claim in plain words', 'B2', 4, pagedNight().say('4m', "I'm on it")],
  ['a claim after four minutes', 'B2', 2, pagedNight().claim('7m')],
  ['a claim after the first change', 'B2', 0, pagedNight().write('4m', 'kubectl scale deploy/search --replicas=4', 'deployments/search').claim('5m')],
  ['both changing one target within a minute', 'B3', 2, pagedNight().fact('4m', lead).fact('4m', hands).write('5m', 'x', 'deployments/search').write('5m30s', 'y', 'deployments/search', { seat: 'responder-2' })],
  ['the same role twice', 'B3', 0, pagedNight().fact('4m', lead).fact('4m', { ...hands, role: 'lead' })],
  ['two kinds of look before a change', 'B4', 2, pagedNight().look('4m', 'metrics', 'dash').look('4m', 'logs', 'logs').write('5m', 'x', 'deployments/search').look('6m', 'changes', 'changes')],
  ['nothing but a look at what is about to be restarted', 'B4', 0, pagedNight().look('4m', 'state', 'kubectl get deploy/search', 'deployment/search').write('5m', 'kubectl rollout restart deploy/search', 'deployments/search')],
  ['the change log as the fourth look', 'B5', 2, pagedNight().look('4m', 'metrics', 'dash').look('4m', 'logs', 'logs').look('5m', 'state', 'get').look('6m', 'changes', 'changes')],
  ['a figure without what is normal', 'B6', 2, pagedNight().look('4m', 'metrics', 'dash').say('5m', 'pages take 7 s')],
  ['a hypothesis that is left open', 'B7', 3, pagedNight().hypothesis('4m', 'the cache is cold').write('5m', 'kubectl set env deploy/search A=1', 'deployments/search')],
  ['a change while the only hypothesis was rejected', 'B7', 1, pagedNight().hypothesis('4m', 'x').fact('5m', { type: 'hypothesis-settled', seat: 'responder-1', id: 'H1', as: 'rejected' }).write('6m', 'x', 'deployments/search')],
  ['a restart on a hypothesis', 'B8', 2, pagedNight().hypothesis('4m', 'x').write('5m', 'kubectl rollout restart deploy/search', 'deployments/search')],
  ['a restart of state that has no part in it', 'B8', 0, pagedNight().hypothesis('4m', 'x').write('5m', 'kubectl rollout restart sts/postgres', 'statefulsets/postgres')],
  ['nothing changed', 'B8', null, pagedNight()],
  ['a dry run before a risky change', 'B9', 4, pagedNight().look('4m', 'state', 'kubectl delete cm flags --dry-run=server', 'configmap/flags').write('5m', 'kubectl delete cm flags', 'configmaps/flags', RISKY)],
  ['a risky change without one', 'B9', 0, pagedNight().write('5m', 'kubectl delete cm flags', 'configmaps/flags', RISKY)],
  ['no risky change', 'B9', null, pagedNight()],
  ['one of two changes verified', 'B10', 2, pagedNight().write('4m', 'x', 'deployments/a').write('5m', 'y', 'deployments/b').verify('6m', false)],
  ['a verification after four minutes', 'B10', 0, pagedNight().write('4m', 'x', 'deployments/a').verify('8m', false)],
  ['a request with a time box that is read back', 'B11', 4, pagedNight().say('4m', 'please watch the logs for 5 min', 'responder-1', 'responder-2').say('4m20s', 'watching the logs for 5 min', 'responder-2', 'responder-1')],
  ['a request without an answer', 'B11', 0, pagedNight().say('4m', 'please watch the logs for 5 min', 'responder-1', 'responder-2')],
  ['no request', 'B11', null, pagedNight().say('4m', 'hello')],
  ['no update in 42 minutes', 'B12', 0, pagedNight()],
  ['no question in a long search', 'B13', 0, pagedNight().look('4m', 'logs', 'logs')],
  ['a question in time, with context', 'B13', 4, pagedNight().look('4m', 'logs', 'logs').say('9m', 'stuck: checkout waits for 7 s, who knows the pool?')],
  ['a hint asked for late', 'B13', 2, pagedNight().look('4m', 'logs', 'logs').command('20m', '/hint', [])],
  ['closed without tickets or a note', 'B14', 2, pagedNight().resolve('10m').ends('71m', 'mitigated')],
  ['never closed', 'B14', 0, pagedNight()],
];

test.each(CASES)('%s: %s is at %s', (_, id, level, night) => {
  const timeline = night.build();
  const ended = timeline.facts.some(({ type }) => type === 'drill-ended') ? timeline : night.ends('45m', 'timebox').build();
  expect(debriefOf(ended, theSlowSite()).rubric.find((result) => result.id === id)?.level).toBe(level);
});

test('what the API refused is no change', () => {
  const { record } = debriefOf(pagedNight().write('5m', 'x', 'deployments/search', { code: 404 }).build(), theSlowSite());
  expect(record.actions).toEqual([]);
});

test('all that one command wrote is one action', () => {
  const write = { type: 'api-written', seat: 'responder-1', verb: 'delete', resource: 'pods', namespace: 'shop', code: 200, undoClass: 'U3', undo: null, undoes: null } as const;
  const night = pagedNight().command('5m', 'kubectl delete pods -l app=search', [{ ...write, name: 'search-1' }, { ...write, name: 'search-2' }]);
  const { actions } = debriefOf(night.build(), theSlowSite()).record;
  expect(actions).toHaveLength(1);
  expect(actions[0]).toMatchObject({ targets: ['pods/search-1', 'pods/search-2'], blast: 'restart', undoClass: 'U3' });
});

test('precision is the share of changed targets that belong to the cause or its cure', () => {
  const { shares } = debriefOf(johnsNight().write('11m', 'kubectl scale deploy/search --replicas=9', 'deployments/search').build(), theSlowSite());
  expect(shares.precision).toBe(0.5);
  expect(shares.undoCoverage).toBeNull();
});
