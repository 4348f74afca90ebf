import { aiopslab } from './parity/aiopslab.ts';
import { chaosTools } from './parity/chaos-tools.ts';
import type { Counterparts, Use } from './parity/counterparts.ts';
import { itbench } from './parity/itbench.ts';
import { openTelemetryFlags } from './parity/open-telemetry-flags.ts';
import { sregym } from './parity/sregym.ts';

/** A fault of somebody else's catalogue, and what stands for it here. */
export interface ParityRow {
  readonly source: string;
  /** As they spell it. */
  readonly name: string;
  /** `same`: of the same cause, symptoms and cure. `near`: the nearest there is. */
  readonly status: 'same' | 'near' | 'impossible';
  /** Faults of the catalogue, at once, with the settings that it takes; [] where it is impossible, or no fault at all. */
  readonly uses: readonly Use[];
  /** What is not as it is there, or why it is impossible; '' where it is the same. */
  readonly differs: string;
}

const SOURCES: readonly (readonly [source: string, names: Counterparts])[] = [
  ['ITBench', itbench], ['AIOpsLab', aiopslab], ['SREGym', sregym], ['Chaos tools', chaosTools], ['OpenTelemetry', openTelemetryFlags],
];

/** Every name of the catalogues that this one is measured by, in their order. */
export function parityRows(): readonly ParityRow[] {
  return SOURCES.flatMap(([source, names]) => Object.entries(names).map(([name, counterpart]): ParityRow => {
    if (typeof counterpart === 'string') return { source, name, status: 'same', uses: counterpart === NO_FAULT ? [] : [{ kind: counterpart }], differs: '' };
    if ('impossible' in counterpart) return { source, name, status: 'impossible', uses: [], differs: counterpart.impossible };
    const { uses, differs = '' } = counterpart;
    return { source, name, status: differs === '' ? 'same' : 'near', uses, differs };
  }));
}

/** Names by source, and how many of them there are the same, nearly so, and not at all. */
export function parityCounts(): readonly ({ readonly source: string; readonly names: number } & Readonly<Record<ParityRow['status'], number>>)[] {
  const rows = parityRows();
  return SOURCES.map(([source]) => {
    const own = rows.filter((row) => row.source === source);
    const count = (status: ParityRow['status']): number => own.filter((row) => row.status === status).length;
    return { source, names: own.length, same: count('same'), near: count('near'), impossible: count('impossible') };
  });
}

const NO_FAULT = 'no-op';
