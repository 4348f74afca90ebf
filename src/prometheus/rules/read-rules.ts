import { durationSeconds } from '../../promql/literals.ts';
import { parse } from '../../promql/parse.ts';
import { PromqlError } from '../../promql/promql-error.ts';
import { quoted, type Complaint } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import { parseYaml, type Path, type YamlSource } from '../../yaml/yaml-source.ts';
import type { Rule, RuleGroup } from './rule.ts';
import { templateProblem } from './template.ts';

/** The groups of a file in Prometheus' own format, and all that is wrong with it. Groups with mistakes are left out. */
export function readRules(file: string, text: string): { readonly groups: readonly RuleGroup[]; readonly complaints: readonly Complaint[] } {
  const { source, complaints } = parseYaml(file, text);
  if (complaints.length > 0 || source.value === null) return { groups: [], complaints };
  const reader = new RulesReader(source);
  return { groups: reader.groups(), complaints: reader.complaints };
}

type Mapping = Readonly<Record<string, unknown>>;

const GROUP_KEYS = ['name', 'interval', 'limit', 'query_offset', 'labels', 'rules'];
const ALERT_KEYS = ['alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations'];
const RECORD_KEYS = ['record', 'expr', 'labels'];
const DEFAULT_INTERVAL_MS = 15_000;

class RulesReader {
  readonly complaints: Complaint[] = [];
  readonly #source: YamlSource;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  groups(): RuleGroup[] {
    const top = this.#mapping([], this.#source.value, ['groups'], 'The file');
    const groups = this.#list(['groups'], top['groups']).map((value, at) => this.#group(['groups', at], value));
    const seen = new Set<string>();
    groups.forEach(({ name }, at) => {
      if (seen.has(name)) this.#complain(['groups', at, 'name'], `Two groups are called ${quoted(name)}.`, 'Give each a name of its own.', 'rules');
      seen.add(name);
    });
    return this.complaints.some(({ severity }) => severity === 'error') ? [] : groups;
  }

  #group(path: Path, value: unknown): RuleGroup {
    const group = this.#mapping(path, value, GROUP_KEYS, 'A group');
    const name = this.#text([...path, 'name'], group['name'], 'A group needs a name.');
    const rules = this.#list([...path, 'rules'], group['rules']).flatMap((rule, at) => this.#rule([...path, 'rules', at], rule) ?? []);
    return { name, file: this.#source.file, intervalMs: this.#duration([...path, 'interval'], group['interval']) ?? DEFAULT_INTERVAL_MS, rules };
  }

  #rule(path: Path, value: unknown): Rule | null {
    const isAlert = typeof value === 'object' && value !== null && 'alert' in value;
    const rule = this.#mapping(path, value, isAlert ? ALERT_KEYS : RECORD_KEYS, isAlert ? 'An alert' : 'A recording rule');
    const expr = this.#expr([...path, 'expr'], rule['expr']);
    const labels = this.#texts([...path, 'labels'], rule['labels'], isAlert);
    if (!isAlert) {
      const name = this.#text([...path, 'record'], rule['record'], 'A rule needs alert or record.');
      if (name !== '' && !/^[a-zA-Z_:][\w:]*$/.test(name)) this.#complain([...path, 'record'], `${quoted(name)} cannot be the name of a metric.`, 'Use letters, digits, _ and :', 'rules');
      return { kind: 'recording', name, expr, labels };
    }
    return {
      kind: 'alerting', name: this.#text([...path, 'alert'], rule['alert'], 'An alert needs a name.'), expr, labels,
      forMs: this.#duration([...path, 'for'], rule['for']) ?? 0, keepFiringMs: this.#duration([...path, 'keep_firing_for'], rule['keep_firing_for']) ?? 0,
      annotations: this.#texts([...path, 'annotations'], rule['annotations'], true),
    };
  }

  #expr(path: Path, value: unknown): string {
    const text = typeof value === 'number' ? String(value) : this.#text(path, value, 'A rule needs an expr.');
    if (text === '') return text;
    try {
      parse(text);
    } catch (error) {
      if (!(error instanceof PromqlError)) throw error;
      const [, line = '1', column = '1', sentence = error.message] = /^(\d+):(\d+): (?:parse error: )?([\s\S]*)$/.exec(error.message) ?? [];
      const within = text.split('\n').slice(0, Number(line) - 1).join('\n').length + (Number(line) > 1 ? 1 : 0) + Number(column) - 1;
      this.complaints.push({ ...this.#source.placeOf(path, 'value', within), severity: 'error', problem: `This is no PromQL: ${sentence}.`, cure: '', rule: 'promql' });
    }
    return text;
  }

  #duration(path: Path, value: unknown): number | null {
    if (value === undefined) return null;
    const seconds = typeof value === 'string' ? (value === '0' ? 0 : durationSeconds(value)) : value === 0 ? 0 : null;
    if (seconds === null) this.#complain(path, 'This is no duration.', 'Write it as 30s, 5m or 1h30m.', 'duration');
    return Math.round((seconds ?? 0) * 1000);
  }

  #texts(path: Path, value: unknown, templates: boolean): Readonly<Record<string, string>> {
    if (value === undefined || value === null) return {};
    const texts: Record<string, string> = {};
    for (const [key, text] of Object.entries(this.#mapping(path, value, null, 'This'))) {
      if (!/^[a-zA-Z_]\w*$/.test(key)) this.#complain([...path, key], `${quoted(key)} cannot be a label.`, 'Use letters, digits and _', 'rules');
      texts[key] = typeof text === 'number' || typeof text === 'boolean' ? String(text) : this.#text([...path, key], text, 'This has to be a text.');
      const problem = templates ? templateProblem(texts[key]) : null;
      if (problem !== null) this.#complain([...path, key], problem, 'Use $labels.NAME and $value, with humanize, humanizePercentage, humanizeDuration, humanize1024 or printf.', 'template');
    }
    return texts;
  }

  #mapping(path: Path, value: unknown, keys: readonly string[] | null, what: string): Mapping {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#complain(path, `${what} has to be a mapping of keys to values.`, '', 'rules');
      return {};
    }
    for (const key of Object.keys(value)) {
      if (keys !== null && !keys.includes(key)) this.complaints.push({ ...this.#source.placeOf([...path, key], 'key'), severity: 'error', problem: `${what} has no ${quoted(key)}.`, cure: didYouMean(key, keys), rule: 'unknown-key' });
    }
    return value as Mapping;
  }

  #list(path: Path, value: unknown): readonly unknown[] {
    if (Array.isArray(value)) return value as readonly unknown[];
    if (value !== undefined && value !== null) this.#complain(path, 'This has to be a list.', '', 'rules');
    return [];
  }

  #text(path: Path, value: unknown, missing: string): string {
    if (typeof value === 'string' && value !== '') return value;
    this.#complain(path, missing, '', 'rules');
    return '';
  }

  #complain(path: Path, problem: string, cure: string, rule: string): void {
    this.complaints.push({ ...this.#source.placeOf(path), severity: 'error', problem, cure, rule });
  }
}
