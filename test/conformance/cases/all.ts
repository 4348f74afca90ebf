import type { Case } from '../case.ts';
import { ACCESS } from './access.ts';
import { LOOKING } from './looking.ts';
import { RUNNING } from './running.ts';
import { WRITING } from './writing.ts';

/** In the order in which they run: later ones use what earlier ones made. */
export const CASES: readonly Case[] = [...LOOKING, ...WRITING, ...RUNNING, ...ACCESS];
