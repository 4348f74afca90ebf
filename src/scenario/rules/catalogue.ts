import { changeRule } from './changes.ts';
import { conditionRule } from './conditions.ts';
import { faultRule } from './faults.ts';
import { incompleteRule } from './incomplete.ts';
import { keepsRule } from './keeps.ts';
import { objectRule } from './objects.ts';
import { regionRule } from './regions.ts';
import { referenceRule } from './references.ts';
import type { Rule } from './rule.ts';
import { serviceLevelRule } from './service-level.ts';
import { solutionRule } from './solutions.ts';
import { stageRule } from './stages.ts';
import { trafficRule } from './traffic.ts';
import { unusedRule } from './unused.ts';

/** Every family of rules about what is wrong, one file each. */
export const RULES: readonly Rule[] = [
  stageRule, conditionRule, referenceRule, faultRule, changeRule, serviceLevelRule, solutionRule, keepsRule, objectRule, trafficRule, regionRule,
];

/** What is asked only of a scenario that is right so far: else it would blame what another mistake led to. */
export const AFTERTHOUGHTS: readonly Rule[] = [unusedRule, incompleteRule];
