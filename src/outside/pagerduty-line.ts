import type { OutgoingPage } from '../paging/pager.ts';
import { oneLine, summaryForOutside } from '../paging/summary.ts';
import { formatElapsed } from '../time/sim-time.ts';
import type { PagerDutyEvent } from './pagerduty-events.ts';
import type { Channel } from './pagerduty-settings.ts';

/** One thing that PagerDuty is to be told. A trigger holds the page once for each person that it names. */
export type Step = { readonly do: 'trigger'; readonly pages: OutgoingPage[] } | { readonly do: 'acknowledge' } | { readonly do: 'resolve'; readonly of: 'this drill' | 'an earlier run' };

/** Everything about one dedup key, in order. `delivered`: the last step that PagerDuty took. */
export interface Line {
  readonly key: string;
  readonly channel: Channel;
  readonly steps: Step[];
  delivered: Step | null;
  work: Promise<void> | null;
}

const SEVERITIES = { 'SEV-1': 'critical', 'SEV-2': 'error', 'SEV-3': 'warning', 'SEV-4': 'info' } as const satisfies Record<OutgoingPage['severity'], string>;

/** The event that tells a step. A trigger says twice that it is a drill, and names who is paged by it and nobody else. */
export function eventOf(line: Line, step: Step): PagerDutyEvent {
  const event = { routing_key: line.channel.routingKey, event_action: step.do, dedup_key: line.key } as const;
  const page = step.do === 'trigger' ? step.pages[0] : undefined;
  if (step.do !== 'trigger' || page === undefined) return event;
  return {
    ...event,
    payload: {
      summary: summaryForOutside(page),
      source: `gameday drill: ${oneLine(page.source)}`,
      severity: SEVERITIES[page.severity],
      custom_details: {
        drill: 'This is a drill. Nothing real is broken.',
        drill_id: page.drillId,
        page: page.page,
        paged: step.pages.map((one) => oneLine(one.person.name)),
        drill_time: formatElapsed(page.sentAtMs),
      },
    },
  };
}
