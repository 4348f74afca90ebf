import type { Rule } from './rule.ts';

/** Every rule by its name, as it stands in brackets behind a complaint. */
export const RULES: Readonly<Record<string, Rule>> = {};
