import { aiopslab } from './parity/aiopslab.ts';
import { chaosTools } from './parity/chaos-tools.ts';
import type { Counterparts } from './parity/counterparts.ts';
import { itbench } from './parity/itbench.ts';
import { openTelemetryFlags } from './parity/open-telemetry-flags.ts';
import { sregym } from './parity/sregym.ts';

/** A fault of somebody else's catalogue, and the one that stands for it here. */
interface ParityRow {
  readonly source: string;
  /** As they spell it. */
  readonly name: string;
  readonly status: 'simulated' | 'impossible';
  /** Of the catalogue; '' where it is impossible, or no fault at all. */
  readonly word: string;
  /** Why it is impossible; '' where it is not. */
  readonly reason: string;
}

const SOURCES: readonly (readonly [source: string, names: Counterparts])[] = [
  ['ITBench', itbench], ['AIOpsLab', aiopslab], ['SREGym', sregym], ['Chaos tools', chaosTools], ['OpenTelemetry', openTelemetryFlags],
];

/** Every name of the catalogues that this one is measured by, in their order. */
export function parityRows(): readonly ParityRow[] {
  return SOURCES.flatMap(([source, names]) => Object.entries(names).map(([name, counterpart]): ParityRow =>
    typeof counterpart === 'string' ? { source, name, status: 'simulated', word: counterpart, reason: '' } : { source, name, status: 'impossible', word: '', reason: counterpart.impossible },
  ));
}

/** Names by source, and how many of them are simulated. */
export function parityCounts(): readonly { readonly source: string; readonly names: number; readonly simulated: number }[] {
  const rows = parityRows();
  return SOURCES.map(([source]) => {
    const own = rows.filter((row) => row.source === source);
    return { source, names: own.length, simulated: own.filter(({ status }) => status === 'simulated').length };
  });
}
