import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../../src/cluster/faults/catalogue.ts';
import { bare } from '../../../src/cluster/faults/mistakes.ts';
import type { FaultKind } from '../../../src/cluster/faults/fault.ts';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay, exampleOf } from '../../support/fault-lab.ts';
import { stateOf } from '../../support/residue.ts';
import { newLines, type Sight, sightOf, symptomsOf } from '../../support/symptoms.ts';

/** The same day without a fault, looked at when the others are. */
const well = aLabDay();
const looks = new Map<string, { sight: Sight; state: string[] }>();
for (const moment of ['10s', '90s', '6m', '11m', '25m', '50m']) {
  well.until(moment);
  looks.set(moment, { sight: sightOf(well.drill.cluster, versionAt(well, moment)), state: stateOf(well.drill.cluster) });
}
const wellAt = (moment: string): { sight: Sight; state: string[] } => looks.get(moment) as { sight: Sight; state: string[] };

function versionAt({ drill }: Night, moment: string): number {
  return moment === '10s' ? drill.cluster.plane.store.resourceVersion : 0;
}

function begin(day: Night, fault: FaultKind): () => void {
  const { kind, target, settings } = exampleOf(fault);
  return day.drill.cluster.beginFault(kind, target, settings);
}

/** The signs of a fault that show at a moment, of those that its page promises. */
function showing(day: Night, fault: FaultKind, moment: string, since: number): string[] {
  const { cluster } = day.drill;
  const symptoms = symptomsOf(sightOf(cluster, since), wellAt(moment).sight);
  return fault.lore.example.signs.filter((sign) => (sign.startsWith('log ') ? newLines(cluster, well.drill.cluster).some((line) => line.startsWith(sign.slice(0, sign.indexOf(' ', 4))) && line.includes(sign.slice(sign.indexOf(' ', 4) + 1))) : symptoms.includes(sign)));
}

/** A line of a cure. The prompt's own kubectl makes no objects by hand; a real one does. */
function cured(day: Night, line: string): void {
  const [, name = '', port = '', target = ''] = /expose deployment (\S+) --port (\d+) --target-port (\d+)/.exec(line) ?? [];
  const [, kind = '', of = ''] = /apply -f manifests\/([a-z]+)-(\S+)\.yaml/.exec(line) ?? [];
  if (of !== '') apply(day, kind, of);
  else if (name === '') day.types(line);
  else expect(day.drill.cluster.api.create({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'shop' }, spec: { selector: { app: name }, ports: [{ port: Number(port), targetPort: Number(target) }] } }).ok).toBe(true);
}

/** From its manifest: as it is where nothing went wrong. */
function apply({ drill }: Night, resource: string, name: string): void {
  for (const kind of ['ConfigMap', 'Secret', 'Deployment'] as const) {
    const right = well.drill.cluster.plane.store.list(kind, null).find(({ metadata }) => kind.toLowerCase() === resource && metadata.name === name);
    if (right === undefined) continue;
    const { api } = drill.cluster;
    const namespace = right.metadata.namespace ?? '';
    const { ok } = api.get(kind, namespace, name).ok ? api.patch({ kind, namespace, name }, { type: 'merge', body: { data: (right as { data?: object }).data } }) : api.create(bare(right));
    expect(ok).toBe(true);
  }
}

const chosen = [...FAULTS.values()].filter(({ word }) => process.env['FAULT'] === undefined || process.env['FAULT'].split(',').includes(word));

describe.each(chosen)('$word', (fault) => {
  const { cure, tempting, signs, within, outside } = fault.lore.example;
  const soon = within === undefined ? '6m' : '90s';

  test('shows its signs, which the tempting line leaves and the cure takes away', () => {
    const day = aLabDay().until('10s');
    const end = begin(day, fault);
    const began = day.drill.cluster.plane.store.resourceVersion;
    day.until(soon);
    if (process.env['SHOW'] !== undefined) console.log(fault.word, symptomsOf(sightOf(day.drill.cluster, began), wellAt(soon).sight).map((one) => one.slice(0, 150)), newLines(day.drill.cluster, well.drill.cluster));
    expect(showing(day, fault, soon, began)).toEqual(signs);
    day.drill.command('responder-1', tempting);
    day.until('11m');
    const lasting = signs.filter((sign) => !/^(?:event|log|http\.rate|pods \S+ (?:restarts|Crash))/.test(sign));
    const still = showing(day, fault, '11m', began);
    if (within === undefined) expect(still.length, `${tempting}: ${String(still)}`).toBeGreaterThan(0);
    if (outside === true) end();
    for (const line of cure) cured(day, line);
    const since = day.drill.cluster.plane.store.resourceVersion;
    day.until('25m');
    expect(showing(day, fault, '25m', since + 40).filter((sign) => lasting.includes(sign))).toEqual([]);
    end();
  });

  test('bears another fault beside it, names itself nowhere, and leaves no trace', () => {
    const day = aLabDay().until('10s');
    const endOther = day.drill.cluster.beginFault('network-loss', 'shop/sessions', { share: 0.5 });
    const end = begin(day, fault);
    const began = day.drill.cluster.plane.store.resourceVersion;
    day.until(soon);
    expect(showing(day, fault, soon, began).length).toBeGreaterThan(0);
    expect(symptomsOf(sightOf(day.drill.cluster), wellAt(soon).sight)).toContain('call.errors shop/storefront→shop/sessions rises');
    const read = ['changes', 'logs pricing', 'logs storefront', 'kubectl -n shop get events', 'kubectl -n shop get all -o yaml'].flatMap((line) => day.drill.command('responder-1', line).text);
    expect(read.join('\n')).not.toMatch(new RegExp(`\\b${fault.word}\\b|\\bfaults?\\b|inject|scenario|gameday|simulat`, 'i'));
    end();
    end();
    endOther();
    day.until('50m');
    expect(stateOf(day.drill.cluster)).toEqual(wellAt('50m').state);
  });
});
