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

  test('an alert about nothing fires once, and resolves itself after two minutes', () => {
    const fired = night.facts('alert-fired').find(({ alert }) => alert === 'StagingLoginCheck');
    const cleared = night.facts('alert-cleared').find(({ alert }) => alert === 'StagingLoginCheck');
    expect((cleared?.atMs ?? 0) - (fired?.atMs ?? 0)).toBe(120_000);
  });

  test('and the incident is the same as without it', () => {
    const play = (scenario: Scenario): unknown => {
      const { facts } = rehearse({ scenario, seed: 5, as: 'john', onFact: () => undefined });
      return facts.flatMap((fact) => (fact.type === 'service-level-measured' || fact.type === 'page-sent' || fact.type === 'drill-ended' ? [{ ...fact, seq: 0, causeSeq: 0 }] : []));
    };
    expect(play(busy('slow-site'))).toEqual(play(theScenario('slow-site')));
  });
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
