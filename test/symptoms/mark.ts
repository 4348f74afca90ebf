import { readFileSync } from 'node:fs';
import type { FaultKind } from '../../src/cluster/faults/fault.ts';
import { digest } from '../../src/time/dice.ts';

/** Of what a fault's page is made: its file and what is known of it. A page with another mark is old. */
export function markOf({ word, summary, target, lore }: FaultKind): string {
  const file = readFileSync(`src/cluster/faults/${word}.ts`, 'utf8').replaceAll('\r\n', '\n');
  return digest([file, word, summary, target, JSON.stringify(lore)].join('|')).slice(0, 12);
}
