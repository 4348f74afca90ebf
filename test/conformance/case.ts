import type { AKubectl } from './a-kubectl.ts';

/** One thing that people do with kubectl, and what has to come of it. */
export interface Case {
  /** As in the table: the command with what is special about it. */
  readonly command: string;
  /** The first minor version of kubectl that has it. */
  readonly since?: number;
  /** Throws where something else comes of it. Cases of one kubectl run one after the other, in order, on one cluster. */
  readonly check: (kubectl: AKubectl) => Promise<void>;
}
