import { describe, expect, test } from 'vitest';
import { FAULTS } from '../../src/cluster/faults/catalogue.ts';
import { bare } from '../../src/cluster/faults/mistakes.ts';
import type { FaultGroup, FaultKind } from '../../src/cluster/faults/fault.ts';
import type { Night } from './a-drill.ts';
import { onNode } from './a-node-shell.ts';
import { everythingSeen, outOfPlace } from './everything-seen.ts';
import { aLabDay, exampleOf } from './fault-lab.ts';
import { stateOf } from './residue.ts';
import { newLines, type Sight, sightOf, symptomsOf } from './symptoms.ts';

/** Two days for each fault of these groups. `FAULT=word,word` tries those alone. */
export function tryFaults(groups: readonly FaultGroup[]): void {
  const only = process.env['FAULT']?.split(',');
  const chosen = [...FAULTS.values()].filter(({ word, group }) => groups.includes(group) && (only?.includes(word) ?? true));
  describe.each(chosen)('$word', (fault) => {
    test('shows its signs, which the tempting line leaves and the cure takes away', () => mendedDay(fault));
    test('bears another fault beside it, names itself nowhere, and leaves no trace', () => doubleDay(fault));
  });
}

/** The same day without a fault, looked at when the others are. */
const well = aLabDay();
const looks = new Map<string, { sight: Sight; state: string[] }>();
for (const moment of ['90s', '6m', '9m', '19m', '32m']) {
  well.until(moment);
  looks.set(moment, { sight: sightOf(well.drill.cluster), state: stateOf(well.drill.cluster) });
}
const wellAt = (moment: string): { sight: Sight; state: string[] } => looks.get(moment) as { sight: Sight; state: string[] };

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

/** A line of a cure. The prompt's own kubectl has no files; a real one does. */
function cured(day: Night, line: string): void {
  const [, kind = '', of = ''] = /apply -f manifests\/([a-z]+)-(\S+)\.yaml/.exec(line) ?? [];
  const [, node = '', script = ''] = /^kubectl debug node\/(\S+) .*-- chroot \/host (.+)$/.exec(line) ?? [];
  if (node !== '') void onNode(day.drill.cluster, node, script);
  else if (of !== '') apply(day, kind, of);
  else day.types(line);
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

function soonOf({ lore }: FaultKind): string {
  return lore.example.within ?? '6m';
}


function mendedDay(fault: FaultKind): void {
  const { cure, tempting, signs, within, outside } = fault.lore.example;
  const soon = soonOf(fault);
  const day = aLabDay().until('10s');
  const end = begin(day, fault);
  const began = day.drill.cluster.plane.store.resourceVersion;
  day.until(soon);
  expect(showing(day, fault, soon, began)).toEqual(signs);
  day.drill.command('responder-1', tempting);
  const tried = day.drill.cluster.plane.store.resourceVersion;
  day.until('9m');
  if (within === undefined) expect(showing(day, fault, '9m', tried).length, `${tempting} left nothing of it`).toBeGreaterThan(0);
  if (outside === true) end();
  for (const line of cure) cured(day, line);
  day.until('19m');
  const lasting = new Set(signs.filter((sign) => !/^(?:event|log|http\.rate|pods \S+ (?:restarts|Crash))/.test(sign)));
  expect(showing(day, fault, '19m', 0).filter((sign) => lasting.has(sign))).toEqual([]);
  end();
}

function doubleDay(fault: FaultKind): void {
  const soon = soonOf(fault);
  const day = aLabDay().until('10s');
  const endOther = day.drill.cluster.beginFault('network-loss', 'shop/sessions', { share: 0.5 });
  const end = begin(day, fault);
  const began = day.drill.cluster.plane.store.resourceVersion;
  day.until(soon);
  expect(showing(day, fault, soon, began).length).toBeGreaterThan(0);
  expect(symptomsOf(sightOf(day.drill.cluster), wellAt(soon).sight)).toContain('call.errors shop/storefront→shop/sessions rises');
  const read = ['changes', 'logs pricing', 'logs storefront', 'kubectl -n shop get events', 'kubectl -n shop get deploy,services,configmaps -o yaml'].flatMap((line) => day.drill.command('responder-1', line).text);
  expect(outOfPlace([['what was read', read.join('\n')], ...everythingSeen(day.drill.cluster)], fault.word)).toEqual([]);
  end();
  end();
  endOther();
  day.until('32m');
  expect(stateOf(day.drill.cluster)).toEqual(wellAt('32m').state);
}
