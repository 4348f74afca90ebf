import type { FaultKind, FaultSetting, FaultSettings } from './fault.ts';

/** Settings of object faults, which somebody makes by mistake: who, and what the change log says of it. */
export const AUTHOR = {
  who: { type: 'text', required: false, fallback: 'pipeline', summary: 'Who makes the mistake, as the change log shows it.' },
  entry: { type: 'text', required: false, fallback: '', summary: 'What the change log says; `none` for nothing. Without it, a plain sentence that a pipeline would write.' },
} as const satisfies Record<string, FaultSetting>;

/** Settings of faults in a pod template. */
export const ROLLOUT = {
  replace: { type: 'switch', required: false, fallback: true, summary: 'The workload is deleted and made anew with the mistake, as `kubectl replace --force` does. Without, it is rolled out, and old pods may go on serving.' },
  ...AUTHOR,
} as const satisfies Record<string, FaultSetting>;

/** The settings of a fault with its fallbacks filled in. */
export function withFallbacks(kind: FaultKind, given: FaultSettings): FaultSettings {
  const filled: Record<string, number | string | boolean> = {};
  for (const [name, { fallback }] of Object.entries(kind.settings)) if (fallback !== undefined) filled[name] = fallback;
  return { ...filled, ...given };
}

/** A text setting that may be left out. */
export function text(summary: string, fallback: string): FaultSetting {
  return { type: 'text', required: false, fallback, summary };
}

/** A whole number that may be left out. */
export function count(summary: string, fallback: number): FaultSetting {
  return { type: 'count', required: false, fallback, summary };
}
