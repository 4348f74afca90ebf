import type { DashboardView, PanelView, Screen } from '../../drill/screen.ts';
import { quantity } from '../quantity.ts';
import { row, type Span } from '../rows.ts';
import { headWindow, type Scroll, type Window } from '../scroll.ts';
import { chart, newest, sparkline, standing, trend } from '../sparkline.ts';
import { safeLine } from '../safe-text.ts';
import { fit, fitRight, widthOf } from '../text.ts';
import type { Style, Theme } from '../theme.ts';

/** The dashboards: each series with its value now, where it goes, what is normal and what its limit is. As tall as there is room. */
export function dashboards(
  screen: Pick<Screen, 'dashboards'>,
  theme: Theme,
  columns: number,
  height: number,
  scroll: Scroll,
): Window {
  if (screen.dashboards.length === 0)
    return headWindow([row(theme, columns, [['faint', 'No dashboard is open. Try: dash']])], height, scroll);
  const room = roomFor(screen.dashboards, height);
  const lines = screen.dashboards.flatMap((dashboard, i) =>
    dashboardRows(dashboard, theme, columns, i === 0 ? room : { ...room, first: 0 }),
  );
  return headWindow(lines, height, scroll);
}

/** Rows of every chart, and those that the first one has on top; 0 is one line for label, value and series together. */
interface Room {
  readonly each: number;
  readonly first: number;
}

/** One series in one row, for the strip: `storefront p95  7.2 s ▲ past its limit  ▁▂▅█`. */
export function seriesSpans(panel: PanelView, columns: number): Span[] {
  const how = valueStyle(panel);
  return [
    ['plain', `${safeLine(panel.label)} `],
    [how, valueText(panel)],
    ['faint', `${normalText(panel)} `],
    ...sparkline(panel, columns),
  ];
}

function dashboardRows(dashboard: DashboardView, theme: Theme, columns: number, room: Room): string[] {
  const labels = Math.min(
    Math.floor(columns * 0.4),
    Math.max(8, ...dashboard.panels.map((panel) => widthOf(safeLine(panel.label)))),
  );
  const rows = [row(theme, columns, [['title', dashboard.title]])];
  for (const [i, panel] of dashboard.panels.entries()) {
    const chartRows = room.each + (i === 0 ? room.first : 0);
    if (chartRows === 0) rows.push(compact(panel, theme, columns, labels));
    else rows.push(...tall(panel, theme, columns, chartRows));
  }
  return rows;
}

function compact(panel: PanelView, theme: Theme, columns: number, labels: number): string {
  const how = valueStyle(panel);
  const roomy = columns >= 60;
  const value = fitRight(valueText(panel), 11);
  const normal = roomy ? fit(normalText(panel), 20) : '';
  const bars = Math.max(4, columns - labels - 2 - value.length - normal.length - 1);
  return row(theme, columns, [
    ['plain', `${fit(safeLine(panel.label), labels)} `],
    [how, value],
    ['faint', normal],
    ['plain', ' '],
    ...sparkline(panel, bars),
  ]);
}

function tall(panel: PanelView, theme: Theme, columns: number, chartRows: number): string[] {
  const how = valueStyle(panel);
  const words = columns >= 50;
  const bounds: Span[] = [];
  if (panel.baseline !== null) bounds.push(['faint', `${words ? 'normal ' : ''}┈ ${quantity(panel.baseline, panel.unit)}`]);
  if (panel.limit !== null)
    bounds.push([
      how === 'bad' ? 'bad' : 'faint',
      `${bounds.length > 0 ? '  ' : ''}${words ? 'limit ' : ''}╌ ${quantity(panel.limit, panel.unit)}`,
    ]);
  const drawn = chartRows === 1 ? [sparkline(panel, columns)] : chart(panel, columns, chartRows);
  return [
    row(
      theme,
      columns,
      [
        ['plain', `${safeLine(panel.label)}  `],
        [how, valueText(panel)],
      ],
      bounds,
    ),
    ...drawn.map((spans) => row(theme, columns, spans)),
  ];
}

/** `7.2 s ▲!`: the mark tells without colour that the limit is passed. */
function valueText(panel: PanelView): string {
  const value = newest(panel);
  const mark = { good: ' ', warn: '~', bad: '!' }[standing(panel, value)];
  return `${quantity(value, panel.unit)} ${trend(panel)}${mark}`;
}

function normalText(panel: PanelView): string {
  if (panel.baseline !== null) return ` normal ${quantity(panel.baseline, panel.unit)}`;
  return panel.limit === null ? '' : ` limit ${quantity(panel.limit, panel.unit)}`;
}

/** Shares the rows out: the same for every chart, at most 4, and what is left over to the first, which matters most. */
function roomFor(all: readonly DashboardView[], height: number): Room {
  const panels = all.reduce((sum, dashboard) => sum + dashboard.panels.length, 0);
  const spare = Math.max(0, height - all.length - panels);
  const each = panels === 0 ? 0 : Math.min(4, Math.floor(spare / panels));
  const left = spare - each * panels;
  return { each, first: left >= 2 ? Math.min(4, left) : 0 };
}

/** A value that is fine asks for no attention. */
function valueStyle(panel: PanelView): Style {
  const how = standing(panel, newest(panel));
  return how === 'good' ? 'plain' : how;
}
