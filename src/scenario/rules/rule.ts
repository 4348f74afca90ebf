import type { ClusterFiles } from '../cluster-files.ts';
import type { ClusterNames } from '../cluster-names.ts';
import type { Place } from '../../yaml/complaint.ts';
import type { AuthoredScenario } from '../shape/scenario-shape.ts';
import type { Path, YamlSource } from '../../yaml/yaml-source.ts';

/** What rules look at: the scenario as it was written, as far as its shape is right, with the places of everything. */
export interface Subject {
  readonly scenario: AuthoredScenario;
  /** The whole as it was written, for the names of what had to be set aside. */
  readonly written: Readonly<Record<string, unknown>>;
  /** The place of what stands at a path of the scenario. */
  readonly place: YamlSource['placeOf'];
  /** Whether all of it had the right shape, so that nothing is missing from `scenario` but what was never written. */
  readonly whole: boolean;
  /** Whether the author wrote anything there, right or wrong. */
  readonly wrote: (path: Path) => boolean;
  /** Null where the scenario names no cluster that can be read. */
  readonly cluster: ClusterFiles | null;
  readonly names: ClusterNames;
}

/** `rule` is the word in brackets behind the complaint; `problem` and `cure` are whole sentences. */
export type Complain = (place: Place, rule: string, problem: string, cure: string, severity?: 'error' | 'warning') => void;

/** Looks for one family of mistakes. */
export type Rule = (subject: Subject, complain: Complain) => void;

/** The names that the author gave to things under a key, those with a mistake inside too. */
export function namesUnder(subject: Subject, key: 'faults' | 'pages'): readonly string[] {
  const map = subject.written[key];
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.keys(map) : [];
}

/** The ids of all injects, those with a mistake inside too. */
export function injectIds(subject: Subject): readonly string[] {
  const list = subject.written['injects'];
  if (!Array.isArray(list)) return [];
  return list.flatMap((each: unknown) => (typeof each === 'object' && each !== null && 'id' in each && typeof each.id === 'string' ? [each.id] : []));
}
