import { describe, expect, test } from 'vitest';
import { Drill } from '../../../src/drill/drill.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { rehearse } from '../../../src/responders/rehearsal.ts';
import { aDrill, Night, theScenario } from '../../support/a-drill.ts';

function busy(name: string): Scenario {
  const scenario = theScenario(name);
  return { ...scenario, cluster: { ...scenario.cluster, traffic: { ...scenario.cluster.traffic, noise: 'much' } } };
}

describe('where much else goes on', () => {
  const seats = [{ seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' }] as const;
  const night = new Night(new Drill({ scenario: busy('slow-site'), seed: 7, seats, onFact: () => undefined })).until('44m');

  test('other teams stand in the change log, in order of time, and before their time nobody reads of them', () => {
    const { entries } = night.drill.cluster.changes;
    expect(entries.filter(({ who }) => ['mobile', 'terraform', 'data', 'support', 'design'].includes(who)).length).toBeGreaterThan(3);
    expect(entries.map(({ atMs }) => atMs)).toEqual(entries.map(({ atMs }) => atMs).toSorted((one, other) => one - other));
    expect(entries.every(({ atMs }) => atMs <= night.drill.nowMs)).toBe(true);
  });

  test('an alert about nothing comes and goes, two minutes each time, and says that it is known', () => {
    const [fired, cleared] = (['alert-fired', 'alert-cleared'] as const).map((type) => night.facts(type).filter(({ alert }) => alert === 'StagingLoginCheck').map(({ atMs }) => atMs));
    expect(fired?.length).toBeGreaterThan(0);
    expect(cleared?.map((atMs, nth) => atMs - (fired?.[nth] ?? 0))).toEqual(cleared?.map(() => 120_000));
    expect(night.facts('alert-fired').find(({ alert }) => alert === 'StagingLoginCheck')?.text).toContain('known to be flaky');
  });

  test('neighbours run, and roll out what the change log says', () => {
    const { changes, plane } = night.drill.cluster;
    expect(night.types('kubectl get pods -A').text.filter((line) => /^(?:back-office|insights) .* Running /.test(line)).length).toBeGreaterThanOrEqual(3);
    const said = changes.entries.filter(({ what }) => what.startsWith('deployment/wiki') || what.startsWith('deployment/dashboards'));
    for (const { what } of said) {
      const [, name = '', tag = ''] = /^deployment\/(\S+) \S+ to (\S+) /.exec(what) ?? [];
      expect(plane.store.list('Deployment', null).find(({ metadata }) => metadata.name === name)?.spec?.template.spec?.containers[0]?.image).toContain(`:${tag}`);
    }
    expect(said.length).toBeGreaterThan(0);
  });

  test('events are those of any day, and of no object that suffers', () => {
    const reasons = new Set(night.drill.cluster.plane.store.list('Event', null).map(({ reason }) => reason));
    expect([...reasons].filter((reason) => ['LeaderElection', 'Unhealthy', 'FreeDiskSpaceFailed', 'SawCompletedJob'].includes(reason ?? '')).length).toBeGreaterThan(1);
  });

  test('and the incident is the same as without it: paged at the same time, solved by the same lines, at the same price', () => {
    const play = (scenario: Scenario): { readonly pages: readonly number[]; readonly ends: readonly string[]; readonly used: number } => {
      const { facts } = rehearse({ scenario, seed: 5, as: 'john', onFact: () => undefined });
      return {
        pages: facts.flatMap((fact) => (fact.type === 'page-sent' ? [fact.atMs] : [])),
        ends: facts.flatMap((fact) => (fact.type === 'drill-ended' ? [JSON.stringify({ ...fact, seq: 0, causeSeq: 0 })] : [])),
        used: facts.flatMap((fact) => (fact.type === 'service-level-measured' ? [fact.budgetUsed] : [])).at(-1) ?? 0,
      };
    };
    const [loud, quiet] = [play(busy('slow-site')), play(theScenario('slow-site'))];
    expect({ ...loud, used: 0 }).toEqual({ ...quiet, used: 0 });
    expect(Math.abs(loud.used / quiet.used - 1)).toBeLessThan(0.1);
  });
});

test('of what pods say on a good day nine lines of ten are plain', () => {
  const lines = aDrill('slow-site').until('1m').drill.cluster.workloadLogs('shop/storefront').map(({ text }) => text);
  const share = (level: string): number => lines.filter((line) => line.startsWith(level)).length / lines.length;
  expect(share('INFO')).toBeGreaterThan(0.85);
  expect(share('WARN')).toBeLessThan(0.1);
  expect(share('ERROR')).toBeLessThan(0.02);
});

test('a node that comes back says so as kubelets do', () => {
  const night = aDrill('slow-site').until('1m');
  night.drill.cluster.plane.kubelet.failNode('worker-2');
  night.wait('2m').drill.cluster.plane.kubelet.recoverNode('worker-2');
  const reasons = night.wait('10s').drill.cluster.plane.store.list('Event', null).filter(({ involvedObject: { kind, name } }) => kind === 'Node' && name === 'worker-2').map(({ reason }) => reason);
  expect(reasons).toEqual(expect.arrayContaining(['NodeNotReady', 'Starting', 'NodeHasSufficientMemory', 'NodeAllocatableEnforced', 'NodeReady']));
});

test('a cron job that runs stands in the change log', () => {
  const night = aDrill('slow-site').until('1m');
  const created = night.drill.cluster.api.create({
    apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'cleanup', namespace: 'shop' },
    spec: { schedule: '*/5 * * * *', jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'cleanup', image: 'busybox', command: ['sh', '-c', 'sleep 20'] }] } } } } },
  } as never);
  expect(created.ok).toBe(true);
  const told = night.until('14m').drill.cluster.changes.entries.filter(({ who }) => who === 'cron').map(({ what }) => what.replace(/\d{5,}/, 'N'));
  expect(told.slice(0, 2)).toEqual(['cronjob/cleanup: cleanup-N began', 'cronjob/cleanup: cleanup-N ended']);
});
