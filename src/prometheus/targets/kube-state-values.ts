import { cpuMillis, quantityBytes } from '../../cluster/quantity.ts';
import type { LabelSet, Page } from '../page.ts';

/** Unix seconds of an instant in an object; 0 where there is none. */
export function seconds(instant: string | undefined): number {
  return instant === undefined ? 0 : Date.parse(instant) / 1000;
}

/** Amounts of resources, each with its unit: CPU in cores, memory and storage in bytes, all else as it is. */
export function resourceMetrics(page: Page, name: string, help: string, labels: LabelSet, amounts: Readonly<Record<string, string | number>>, withUnit = true): void {
  for (const [resource, amount] of Object.entries(amounts)) {
    const text = String(amount);
    const isCpu = /(?:^|\.)cpu$/.test(resource);
    const unit = isCpu ? 'core' : /memory|storage|hugepages/.test(resource) ? 'byte' : 'integer';
    const value = isCpu ? cpuMillis(text) / 1000 : quantityBytes(text);
    page.gauge(name, help, withUnit ? { ...labels, resource: resource.replaceAll(/[^\w]/g, '_'), unit } : { ...labels, resource }, value);
  }
}
