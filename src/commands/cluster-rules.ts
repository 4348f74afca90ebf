import { dirname, join } from 'node:path';
import { statSync } from 'node:fs';
import { readText } from '../outside/read-text.ts';
import { readRules } from '../prometheus/rules/read-rules.ts';
import type { RuleGroup } from '../prometheus/rules/rule.ts';
import type { Complaint } from '../yaml/complaint.ts';
import { parseYaml } from '../yaml/yaml-source.ts';

/** The rules that a cluster's folder carries in `rules.yaml`; none where there is no such file. `path` is the folder or a scenario that names it. */
export function rulesOf(path: string | undefined): { readonly groups: readonly RuleGroup[]; readonly complaints: readonly Complaint[] } {
  const folder = path === undefined ? null : statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? path : folderOf(path);
  const file = folder === null ? null : join(folder, 'rules.yaml');
  if (file === null || statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return { groups: [], complaints: [] };
  const read = readText(file);
  return 'trouble' in read ? { groups: [], complaints: [{ file, line: 1, col: 1, severity: 'error', ...read.trouble }] } : readRules(file, read.text);
}

/** The folder of the cluster that a scenario names; null where it names none. */
function folderOf(scenario: string): string | null {
  const read = readText(scenario);
  if ('trouble' in read) return null;
  const { value } = parseYaml(scenario, read.text).source;
  const cluster = typeof value === 'object' && value !== null ? (value as { cluster?: unknown }).cluster : undefined;
  // Files of a scenario stay inside of its folder.
  return typeof cluster === 'string' && !cluster.includes('..') && !cluster.startsWith('/') ? join(dirname(scenario), cluster) : null;
}
