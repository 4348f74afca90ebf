import { expect, test } from 'vitest';
import { CLOSED_FORMS } from './closed-forms.ts';

/** The oracle itself is held to what is known exactly: here quickly, within 3%; `npm run accuracy` takes its time, and 1%. */

test.each(CLOSED_FORMS)('$name', { timeout: 60_000 }, (form) => {
  expect(Math.abs(form.measured(120_000) / form.told - 1)).toBeLessThan(0.03);
});
