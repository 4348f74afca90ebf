import type { Family, LabelSet, PageSample } from './page.ts';

/** A page in Prometheus' text format 0.0.4. */
export function expositionText(families: Iterable<Family>): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    if (samples.length === 0) continue;
    lines.push(`# HELP ${name} ${escapedHelp(help)}`, `# TYPE ${name} ${type === 'unknown' ? 'untyped' : type}`);
    for (const sample of samples) lines.push(sampleLine(sample, ''));
  }
  return `${lines.join('\n')}\n`;
}

/** The same in OpenMetrics 1.0. */
export function openMetricsText(families: Iterable<Family>): string {
  const lines: string[] = [];
  for (const { name, type, help, samples } of families) {
    if (samples.length === 0) continue;
    const { family, type: said } = openMetricsHead(name, type);
    lines.push(`# HELP ${family} ${escapedLabel(help)}`, `# TYPE ${family} ${said}`);
    for (const sample of samples) lines.push(sampleLine(sample, ''));
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

/** A counter's family is named without `_total`; one that is named otherwise is no counter there. */
export function openMetricsHead(name: string, type: Family['type']): { readonly family: string; readonly type: Family['type'] } {
  if (type !== 'counter') return { family: name, type };
  return name.endsWith('_total') ? { family: name.slice(0, -'_total'.length), type } : { family: name, type: 'unknown' };
}

/** `name{label="value"} 1`, with `after` behind it. */
function sampleLine({ name, labels, value }: PageSample, after: string): string {
  return `${name}${labelText(labels)} ${numberText(value)}${after}`;
}

export function labelText(labels: LabelSet): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== '');
  return pairs.length === 0 ? '' : `{${pairs.map(([name, value]) => `${name}="${escapedLabel(value)}"`).join(',')}}`;
}

/** As Go writes numbers: an exponent has two digits at least. */
export function numberText(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value).replace(/e([-+])(\d)$/, 'e$10$2');
}

function escapedLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapedHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
