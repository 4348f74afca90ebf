import { expect, test } from 'vitest';
import type { PanelView } from '../../src/drill/screen.ts';
import { strip } from '../../src/ui/panels/strip.ts';
import { themeNamed } from '../../src/ui/theme.ts';

const NOTHING = { values: [4_600, 4_600], stepMs: 15_000, limit: 6_000, baseline: 4_600, worse: 'up' } as const;

test('where there is room for one series, it is the one that is worse off', () => {
  const calm = panel('errors', '%', [0, 0]);
  const failing = panel('errors', '%', [0, 16]);
  const usual: PanelView = { ...NOTHING, label: 'p95', unit: 'ms' };
  const slow: PanelView = { ...usual, values: [4_600, 7_200] };
  const shown = (...panels: PanelView[]): string => strip({ pages: [], dashboards: [{ title: 'storefront', panels }] }, null, themeNamed('bare'), 80);
  expect(shown(usual, calm)).toContain('p95 4.6 s');
  expect(shown(usual, failing)).toContain('errors 16 %');
  expect(shown(slow, failing)).toContain('p95 7.2 s');
  expect(shown({ ...usual, values: [4_600, null] }, failing)).toContain('errors 16 %');
});

function panel(label: string, unit: PanelView['unit'], values: readonly number[]): PanelView {
  return { label, unit, values, stepMs: 15_000, limit: null, baseline: 0, worse: 'up' };
}
