import type { FaultKind, FaultSetting } from '../cluster/faults/fault.ts';
import type { ParityRow } from '../cluster/faults/parity.ts';

/** One fault, for whoever writes a scenario. */
export function faultText(fault: FaultKind): string {
  const { lore, settings } = fault;
  const list = (items: readonly string[]): string[] => items.map((item) => `  - ${item}`);
  const section = (title: string, items: readonly string[]): string[] => (items.length === 0 ? [] : ['', title, ...items]);
  return [
    `${fault.word}: ${fault.summary}`,
    ...section('Target', [`  ${TARGET_TEXTS[fault.target]}`]),
    ...section('Settings', Object.entries(settings).map(([name, setting]) => `  ${name}: ${settingText(setting)}`)),
    ...section('How it looks', list(lore.symptoms)),
    ...section('What helps', list(lore.mitigations)),
    ...section('What mends it', list([lore.fix, ...lore.example.cure])),
    ...section('What only seems to', list([lore.example.tempting])),
    ...section('In a scenario', ['  faults:', `    it: ${exampleYaml(fault)}`]),
    '',
  ].join('\n');
}

/** As a scenario's YAML has it. */
export function exampleYaml({ word, lore: { example } }: FaultKind): string {
  return `{kind: ${word}, target: ${example.target}${settingsYaml(example.settings)}}`;
}

/** What stands for a fault of another catalogue: words, those with settings as YAML has them; `nothing` for no fault. */
export function usesText(uses: ParityRow['uses']): string {
  return uses.map(({ kind, ...settings }) => (Object.keys(settings).length === 0 ? kind : `{kind: ${kind}${settingsYaml(settings)}}`)).join(' + ') || 'nothing';
}

function settingsYaml(settings: Readonly<Record<string, number | string | boolean>>): string {
  return Object.entries(settings).map(([name, value]) => `, ${name}: ${typeof value === 'string' && !/^[\w./-]+$/.test(value) ? JSON.stringify(value) : String(value)}`).join('');
}

function settingText({ type, required, fallback, oneOf, summary }: FaultSetting): string {
  const kind = oneOf === undefined ? type : oneOf.join(' | ');
  const when = required ? 'required' : fallback === undefined || fallback === '' ? 'may be left out' : `${String(fallback)} where left out`;
  return `${kind}, ${when}. ${summary}`;
}

export const TARGET_TEXTS = {
  external: '`external/NAME`', service: 'a Service', lock: 'a lock, `postgres/NAME`', workload: '`deployment/NAME`, `statefulset/NAME` or `daemonset/NAME`', configmap: 'a ConfigMap', secret: 'a Secret',
  claim: 'a PersistentVolumeClaim', ingress: 'an Ingress', autoscaler: 'a HorizontalPodAutoscaler', cronjob: 'a CronJob', custom: 'a custom object, `KIND/NAME`', node: 'a Node', namespace: 'a Namespace', zone: 'a zone', cluster: '`cluster`',
} as const satisfies Record<FaultKind['target'], string>;
