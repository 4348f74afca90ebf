import type { ClusterFiles } from '../cluster-files.ts';
import type { ClusterNames } from '../cluster-names.ts';
import type { Place } from '../complaint.ts';
import type { AuthoredScenario } from '../shape/scenario-shape.ts';
import type { YamlSource } from '../yaml-source.ts';

/** What rules look at: the scenario as it was written, as far as its shape is right, with the places of everything. */
export interface Subject {
  readonly scenario: AuthoredScenario;
  readonly source: YamlSource;
  /** Null where the scenario names no cluster that can be read. */
  readonly cluster: ClusterFiles | null;
  readonly names: ClusterNames;
}

/** `problem` and `cure` are whole sentences. */
export type Complain = (place: Place, problem: string, cure: string, severity?: 'error' | 'warning') => void;

/** Looks for one family of mistakes; the family's name is its key in the catalogue. */
export type Rule = (subject: Subject, complain: Complain) => void;
