import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dedupKey, summaryForOutside } from '../../src/paging/summary.ts';

describe('what a page says outside', () => {
  test('begins with DRILL, once', () => {
    expect(summaryForOutside({ severity: 'SEV-2', summary: 'storefront p95 7 s' })).toBe('DRILL: SEV-2 storefront p95 7 s');
    expect(summaryForOutside({ severity: 'SEV-2', summary: 'drill: DRILL: down' })).toBe('DRILL: SEV-2 down');
  });

  test('is one line of at most 1024 characters, whatever the scenario says', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 3000 }), fc.constant('😀'.repeat(900)));
    fc.assert(
      fc.property(anyText, (summary) => {
        const said = summaryForOutside({ severity: 'SEV-1', summary });
        expect(said.startsWith('DRILL: SEV-1')).toBe(true);
        expect(said.length).toBeLessThanOrEqual(1024);
        expect(said).not.toMatch(/[\p{Cc}\p{Cs}\u202e\u2028]/u);
      }),
    );
  });
});

describe('the dedup key', () => {
  test('is one per page per drill, and one per person only where asked', () => {
    expect(dedupKey({ drillId: 'D7', page: 'P1' }, null)).toBe('gameday/D7/P1');
    expect(dedupKey({ drillId: 'D7', page: 'P1' }, 'responder-2')).toBe('gameday/D7/P1/responder-2');
  });

  test('of a long drill name is cut to 255 characters and still tells pages apart', () => {
    const keys = ['P1', 'P2'].map((page) => dedupKey({ drillId: 'x'.repeat(400), page }, null));
    expect(keys.map((key) => key.length)).toEqual([255, 255]);
    expect(keys[0]).not.toBe(keys[1]);
  });
});
