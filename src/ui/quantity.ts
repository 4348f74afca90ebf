import type { PanelView } from '../drill/screen.ts';

/** A measured value as people say it: `480 ms`, `7.2 s`, `1.4k/s`, `3.4 %`, `1.5 GiB`; `–` where nothing was measured. */
export function quantity(value: number | null, unit: PanelView['unit']): string {
  if (value === null || !Number.isFinite(value)) return '–';
  switch (unit) {
    case 'ms':
      return Math.abs(value) >= 60_000
        ? `${digits(value / 60_000)} min`
        : Math.abs(value) >= 1_000
          ? `${digits(value / 1_000)} s`
          : `${digits(value)} ms`;
    case '/s':
      return `${thousands(value)}/s`;
    case '%':
      return `${digits(value)} %`;
    case 'MiB':
      return Math.abs(value) >= 1_024 ? `${digits(value / 1_024)} GiB` : `${digits(value)} MiB`;
    case '':
      return thousands(value);
  }
}

/** Three digits that matter, no zeros that do not. */
function digits(value: number): string {
  const size = Math.abs(value);
  const places = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return value.toFixed(places).replace(/\.?0+$/, places === 0 ? '$&' : '');
}

function thousands(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000_000) return `${digits(value / 1_000_000)}M`;
  return size >= 10_000 ? `${digits(value / 1_000)}k` : digits(value);
}
