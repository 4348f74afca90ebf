import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { debriefOf } from '../../src/debrief/debrief.ts';
import { hotWash } from '../../src/debrief/hot-wash.ts';
import { measure } from '../../src/debrief/measures.ts';
import { postmortemMarkdown } from '../../src/debrief/postmortem.ts';
import { scorecard } from '../../src/debrief/scorecard.ts';
import type { Fact, Happening, Timeline } from '../../src/journal/timeline.ts';
import { aTimeline } from '../support/a-timeline.ts';
import { theSlowSite } from '../support/the-slow-site.ts';

const word = fc.oneof(fc.constantFrom('checkout', 'storefront', 'address-check', 'P1', 'H1', 'responder-1', '*'), fc.string({ maxLength: 12 }));
const seat = fc.constantFrom('responder-1', 'responder-2', 'dm');
const share = fc.double({ min: 0, max: 1, noNaN: true });
const latency = fc.option(fc.nat(60_000), { nil: null });
const level = fc.record({ service: fc.constantFrom('shop/storefront', 'shop/checkout'), total: fc.nat(5_000), bad: fc.nat(5_000), p50Ms: latency, p95Ms: latency });
const undoClass = fc.constantFrom('U0', 'U1', 'U2', 'U3', 'U4');

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ type: fc.constant('command-given'), seat, line: word }),
  fc.record({ type: fc.constant('fault-began'), fault: word, kind: word, target: word }),
  fc.record({ type: fc.constant('alert-fired'), alert: word, service: word, text: word, value: fc.nat() }),
  fc.record({ type: fc.constant('alert-cleared'), alert: word, service: word }),
  fc.record({ type: fc.constant('change-made'), who: word, what: word, target: word }),
  fc.record({ type: fc.constant('workload-ready-changed'), workload: word, ready: fc.nat(3), desired: fc.nat(3) }),
  fc.record({ type: fc.constant('service-level-measured'), slo: level, burn: fc.nat(), budgetUsed: share, services: fc.array(level, { maxLength: 3 }) }),
  fc.record({ type: fc.constant('page-sent'), page: word, seats: fc.array(seat, { maxLength: 2 }), severity: fc.constantFrom('SEV-1', 'SEV-2'), text: word, again: fc.boolean() }),
  fc.record({ type: fc.constant('page-acknowledged'), page: word, seat, via: fc.constant('local') }),
  fc.record({ type: fc.constant('observed'), seat, kind: fc.constantFrom('changes', 'metrics', 'logs', 'state'), tool: word, target: word, shown: word }),
  fc.record({ type: fc.constant('api-written'), seat, verb: fc.constantFrom('patch', 'delete'), resource: word, namespace: word, name: word, code: fc.constantFrom(200, 404), undoClass, undo: fc.option(word, { nil: null }), undoes: fc.constantFrom(null, 1) }),
  fc.record({ type: fc.constant('flag-flipped'), seat, flag: word, from: word, to: word }),
  fc.record({ type: fc.constant('said'), seat, text: word, to: fc.option(seat, { nil: null }) }),
  fc.record({ type: fc.constant('claimed'), seat }),
  fc.record({ type: fc.constant('role-taken'), seat, role: word }),
  fc.record({ type: fc.constant('hypothesis-stated'), seat, id: word, text: word }),
  fc.record({ type: fc.constant('hypothesis-settled'), seat, id: word, as: fc.constantFrom('confirmed', 'rejected') }),
  fc.record({ type: fc.constant('verified'), seat, bad: share, burn: fc.nat(), p95Ms: latency, meets: fc.boolean() }),
  fc.record({ type: fc.constant('update-posted'), seat, audience: fc.constantFrom('team', 'stakeholders'), text: word }),
  fc.record({ type: fc.constant('ticket-filed'), seat, to: word, text: word }),
  fc.record({ type: fc.constant('verdict-reached'), verdict: fc.constantFrom('mitigated', 'resolved', 'violated'), checks: fc.array(word, { maxLength: 2 }) }),
  fc.record({ type: fc.constant('resolve-claimed'), seat, failing: fc.array(word, { maxLength: 2 }) }),
  fc.record({ type: fc.constant('drill-ended'), outcome: fc.constantFrom('resolved', 'mitigated', 'timebox', 'worse') }),
  fc.record({ type: fc.constant('ghost-measured'), ghost: fc.record({ as: fc.constantFrom('noop', 'golden', 'john'), outcome: fc.constant('timebox'), badMinutes: fc.nat(45), ttmMs: latency, ttrMs: latency }) }),
);

const timelines: fc.Arbitrary<Timeline> = fc
  .tuple(fc.array(fc.tuple(happening, fc.nat(240), fc.option(fc.nat(), { nil: null })), { maxLength: 60 }), word)
  .map(([happenings, name]) => {
    let atMs = 0;
    const facts = happenings.map(([one, seconds, cause], at): Fact => {
      atMs += seconds * 1_000;
      return Object.assign({ seq: at + 1, atMs, causeSeq: cause === null || at === 0 ? null : (cause % at) + 1 }, one);
    });
    const { header } = aTimeline().build();
    return { header: { ...header, seats: header.seats.map((one, at) => Object.assign({}, one, at === 0 ? { name } : {})) }, facts };
  });

test('any timeline has a debrief: nothing throws, intervals are never negative, shares are shares', () => {
  fc.assert(
    fc.property(timelines, (timeline) => {
      const debrief = debriefOf(timeline, theSlowSite());
      for (const interval of Object.values(debrief.intervals)) if (interval.state !== 'undefined') expect(interval.ms).toBeGreaterThanOrEqual(0);
      const { impact, shares } = debrief;
      expect(impact.badMinutes).toBeGreaterThanOrEqual(0);
      expect(impact.badMinutes).toBeLessThanOrEqual(45.0001);
      for (const part of [shares.precision, shares.undoCoverage]) if (part !== null) expect(part >= 0 && part <= 1).toBe(true);
      expect(hotWash(debrief).lines.length).toBeGreaterThan(5);
      expect(JSON.parse(JSON.stringify(scorecard(debrief)))).toBeTruthy();
      expect(measure(timeline, theSlowSite()).measures.badMinutes).toBe(impact.badMinutes);
    }),
    { numRuns: 200 },
  );
});

test('anchors that follow from each other are in order', () => {
  const ORDER = [['page', 'ack1'], ['ack1', 'ack2'], ['page', 'engage'], ['page', 'diagnosis'], ['impact', 'mitigation'], ['mitigation', 'resolution'], ['fault', 'detect']] as const;
  fc.assert(
    fc.property(timelines, (timeline) => {
      const { anchors } = debriefOf(timeline, theSlowSite());
      for (const [first, then] of ORDER) {
        const from = anchors[first];
        const to = anchors[then];
        if (from !== null && to !== null) expect(from.atMs, `${first} to ${then}`).toBeLessThanOrEqual(to.atMs);
      }
    }),
    { numRuns: 200 },
  );
});

test('the first three sections of any document hold something, and every fact cited exists', () => {
  fc.assert(
    fc.property(timelines, (timeline) => {
      const document = postmortemMarkdown(debriefOf(timeline, theSlowSite()));
      for (const part of document.split(/^## /m).slice(1, 4)) expect(part.split('\n').slice(1).join('').trim().length).toBeGreaterThan(40);
      const bare = document.replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
      for (const [, seq] of bare.matchAll(/\[#(\d+)\]/g)) expect(Number(seq)).toBeLessThanOrEqual(timeline.facts.length);
      expect(document).not.toMatch(/NaN|undefined|Infinity|\[object/);
    }),
    { numRuns: 200 },
  );
});
