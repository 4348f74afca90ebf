import { expect, test } from 'vitest';
import { findAnchors } from '../../src/debrief/anchors.ts';
import { readRecord } from '../../src/debrief/record.ts';
import { MINUTE_MS } from '../../src/time/sim-time.ts';
import { aTimeline } from '../support/a-timeline.ts';
import { theSlowSite } from '../support/the-slow-site.ts';

test('where nothing on the record is the cause, impact and detection are still found before the first change by a responder', () => {
  const night = aTimeline().badShare('30s', 0.3).alert('2m').page('2m').ack('2m30s').claim('2m40s')
    .write('4m', 'kubectl -n shop rollout undo deploy/checkout', 'deployments/checkout').badShare('5m', 0).ends('45m', 'resolved');
  const anchors = findAnchors(readRecord(night.build(), theSlowSite({ faults: {} })));
  expect(anchors.fault).toBeNull();
  expect(anchors.impact?.atMs).toBe(MINUTE_MS / 2);
  expect(anchors.detect?.atMs).toBe(2 * MINUTE_MS);
  expect(anchors.mitigation?.atMs).toBe(5 * MINUTE_MS);
});
