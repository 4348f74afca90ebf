import { FAULTS } from '../../cluster/faults/catalogue.ts';
import type { FaultKind, FaultSetting } from '../../cluster/faults/fault.ts';
import { parseDurationMs } from '../../time/sim-time.ts';
import { splitLock } from '../cluster-names.ts';
import { findTarget, TARGETS } from '../fault-targets.ts';
import { quoted } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import type { Path } from '../../yaml/yaml-source.ts';
import { strikesWrong } from './fault-strikes.ts';
import type { Complain, Rule, Subject } from './rule.ts';

/** Faults are of a kind that the catalogue has, with its settings, and strike what exists. */
export const faultRule: Rule = (subject, complain) => {
  for (const [name, { kind, target, ...settings }] of Object.entries(subject.scenario.faults)) {
    const at = ['faults', name];
    const fault = FAULTS.get(kind);
    if (fault === undefined) {
      complain(subject.place([...at, 'kind']), 'fault-kind', `No kind of fault is called ${quoted(kind)}.`, didYouMean(kind, FAULTS.keys()));
      continue;
    }
    checkSettings(fault, settings, at, subject, complain);
    checkTarget(fault, target, [...at, 'target'], subject, complain);
  }
};

function checkSettings(fault: FaultKind, settings: Readonly<Record<string, unknown>>, at: Path, subject: Subject, complain: Complain): void {
  for (const [name, value] of Object.entries(settings)) {
    const setting = fault.settings[name];
    if (setting === undefined) {
      complain(subject.place([...at, name], 'key'), 'fault-setting', `${quoted(name)} is no setting of ${fault.word}.`, didYouMean(name, Object.keys(fault.settings)) || 'Remove it.');
    } else if (!fits(setting, value)) {
      complain(subject.place([...at, name]), 'fault-setting', `The ${name} of ${fault.word} must be ${wanted(setting)}.`, setting.summary);
    } else if (setting.names !== undefined && subject.cluster?.objectsWhole === true) {
      const found = findTarget(setting.names, String(value), subject.names);
      if (found.outcome === 'none') complain(subject.place([...at, name]), 'unknown-target', `No ${TARGETS[setting.names].word} is called ${quoted(String(value))}.`, didYouMean(String(value), found.known));
    }
  }
  for (const [name, { required, type, summary }] of Object.entries(fault.settings)) {
    if (required && settings[name] === undefined) complain(subject.place(at, 'key'), 'fault-setting', `${fault.word} needs ${name}.`, `Add ${name}: ${EXAMPLES[type]}. ${summary}`);
  }
}

const EXAMPLES = {
  duration: 'a duration such as 30s',
  share: 'a share such as 20% or 0.2',
  factor: 'a number above 0',
  number: 'a number above 0',
  count: 'a whole number',
  text: 'a text',
  switch: 'true or false',
} as const satisfies Record<FaultSetting['type'], string>;

function wanted({ type, oneOf, tag }: FaultSetting): string {
  if (tag === true) return 'the tag of an image such as 1.8.3';
  return oneOf === undefined ? EXAMPLES[type] : `one of ${oneOf.join(', ')}`;
}

function fits(setting: FaultSetting, value: unknown): boolean {
  switch (setting.type) {
    case 'duration': return typeof value === 'string' && !value.startsWith('-') && parseDurationMs(value) !== null;
    case 'share': return (typeof value === 'number' && value >= 0 && value <= 1) || (typeof value === 'string' && /^(?:100|\d{1,2}(?:\.\d+)?)%$/.test(value));
    case 'factor': return typeof value === 'number' && value > 0 && value < 1e6;
    case 'number': return typeof value === 'number' && value > 0 && value < 1e12;
    case 'count': return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1e6;
    case 'switch': return typeof value === 'boolean';
    case 'text': return typeof value === 'string' && value.length <= 2_000 && (setting.oneOf?.includes(value) ?? true) && (setting.tag !== true || value === '' || TAG.test(value));
  }
}

/** Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
const TAG = /^\w[\w.-]{0,127}$/;

function checkTarget(fault: FaultKind, target: string, at: Path, subject: Subject, complain: Complain): void {
  const { cluster, names } = subject;
  const unknown = (problem: string, cure: string): void => complain(subject.place(at), 'unknown-target', problem, cure);
  if (fault.target === 'external') {
    const known = Object.keys(names.traffic?.externals ?? {}).map((name) => `external/${name}`);
    if (cluster?.trafficWhole === true && !known.includes(target)) unknown(`No external party is called ${quoted(target)}.`, didYouMean(target, known));
    return;
  }
  if (cluster?.objectsWhole !== true) return;
  const [written, lock] = fault.target === 'lock' ? splitLock(target) : [target, null];
  const found = findTarget(fault.target, written, names);
  if (found.outcome === 'many') unknown(`Several ${TARGETS[fault.target].words} are called ${quoted(written)}.`, `Write one of ${found.known.join(', ')}.`);
  if (found.outcome === 'none') unknown(`No ${TARGETS[fault.target].word} is called ${quoted(written)}.`, didYouMean(written.replace(/^[a-z]+\//, ''), found.known) || (found.known.length === 0 ? 'The cluster has none.' : ''));
  const misplaced = found.outcome === 'one' && cluster.trafficWhole ? strikesWrong(fault, found.full, names) : null;
  if (misplaced !== null) unknown(...misplaced);
  if (lock === '') unknown(`${quoted(target)} names no lock.`, 'Write DATABASE/LOCK, such as postgres/orders.');
  const locks = locksIn(names.traffic?.programs);
  if (lock !== null && lock !== '' && cluster.trafficWhole && !locks.includes(lock)) unknown(`No query takes a lock called ${quoted(lock)}.`, didYouMean(lock, locks));
}

function locksIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'lock' in value && typeof value.lock === 'string' ? [value.lock] : [];
  return [...new Set([...own, ...Object.values(value).flatMap(locksIn)])];
}
