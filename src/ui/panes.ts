import type { Screen } from '../drill/screen.ts';

/** The panes, in the order of their keys Alt-1 to Alt-6. */
export const PANES = ['work', 'room', 'dash', 'pager', 'timeline', 'board'] as const;
export type PaneId = (typeof PANES)[number];

/** What each pane is called, and how many things are on it that a person may not have seen yet. */
export const PANE_FACTS = {
  work: { title: 'Work', count: (screen) => screen.outputs.length },
  room: { title: 'Room', count: (screen) => screen.chat.length },
  dash: { title: 'Dash', count: () => 0 },
  pager: { title: 'Pager', count: (screen) => screen.pages.length },
  timeline: { title: 'Timeline', count: (screen) => screen.timeline.length },
  board: { title: 'Board', count: (screen) => screen.incident.hypotheses.length + screen.incident.tickets.length },
} as const satisfies Record<PaneId, { title: string; count: (screen: Screen) => number }>;

/** Items of each pane that this seat has had in front of it. */
export type Seen = Readonly<Record<PaneId, number>>;

export const NOTHING_SEEN: Seen = { work: 0, room: 0, dash: 0, pager: 0, timeline: 0, board: 0 };

/** What has been seen once `visible` panes have been drawn; the same object where that changes nothing. */
export function seeing(seen: Seen, screen: Screen, visible: readonly PaneId[]): Seen {
  const changed = visible.filter((pane) => PANE_FACTS[pane].count(screen) !== seen[pane]);
  if (changed.length === 0) return seen;
  return { ...seen, ...Object.fromEntries(changed.map((pane) => [pane, PANE_FACTS[pane].count(screen)])) };
}

export function unseen(seen: Seen, screen: Screen, pane: PaneId): number {
  return Math.max(0, PANE_FACTS[pane].count(screen) - seen[pane]);
}
