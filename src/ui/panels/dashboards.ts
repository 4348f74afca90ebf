import type { DashboardView, PanelView, Screen } from '../../drill/screen.ts';
import { quantity } from '../quantity.ts';
import { row, type Span } from '../rows.ts';
import { headWindow, type Scroll, type Window } from '../scroll.ts';
import { chart, newest, sparkline, standing, trend } from '../sparkline.ts';
import { safeLine } from '../safe-text.ts';
import { fit, fitRight, widthOf } from '../text.ts';
import type { Theme } from '../theme.ts';

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
  const chartRows = rowsPerChart(screen.dashboards, height);
  return headWindow(
    screen.dashboards.flatMap((dashboard) => dashboardRows(dashboard, theme, columns, chartRows)),
    height,
    scroll,
  );
}

/** One series in one row, for the strip: `storefront p95  7.2 s ▲ past its limit  ▁▂▅█`. */
export function seriesSpans(panel: PanelView, columns: number): Span[] {
  const how = standing(panel, newest(panel));
  return [
    ['plain', `${safeLine(panel.label)} `],
    [how, valueText(panel)],
    ['faint', `${normalText(panel)} `],
    ...sparkline(panel, columns),
  ];
}

function dashboardRows(dashboard: DashboardView, theme: Theme, columns: number, chartRows: number): string[] {
  const labels = Math.min(
    Math.floor(columns * 0.34),
    Math.max(8, ...dashboard.panels.map((panel) => widthOf(safeLine(panel.label)))),
  );
  const rows = [row(theme, columns, [['title', dashboard.title]])];
  for (const panel of dashboard.panels) {
    if (chartRows === 0) rows.push(compact(panel, theme, columns, labels));
    else rows.push(...tall(panel, theme, columns, chartRows));
  }
  return rows;
}

function compact(panel: PanelView, theme: Theme, columns: number, labels: number): string {
  const how = standing(panel, newest(panel));
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
  const how = standing(panel, newest(panel));
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

function rowsPerChart(all: readonly DashboardView[], height: number): number {
  const panels = all.reduce((sum, dashboard) => sum + dashboard.panels.length, 0);
  const room = height - all.length - panels;
  return panels === 0 ? 0 : Math.max(0, Math.min(4, Math.floor(room / panels)));
}
