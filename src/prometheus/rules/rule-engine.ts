import { Labels } from '../../promql/labels.ts';
import { PromqlError } from '../../promql/promql-error.ts';
import { instantQuery } from '../../promql/query.ts';
import { isHistogram } from '../../promql/series.ts';
import type { SampleStore } from '../sample-store.ts';
import type { AlertRule, Rule, RuleGroup } from './rule.ts';
import { filledIn } from './template.ts';

/** One element of an alert's expression that holds, or has held until lately. */
export interface ActiveAlert {
  readonly rule: AlertRule;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
  readonly activeAtMs: number;
  readonly value: number;
}

/** How a rule was evaluated last; `error` is empty where all was well. */
export interface RuleHealth {
  readonly error: string;
  readonly atMs: number;
}

interface Active {
  labels: Labels;
  annotations: Readonly<Record<string, string>>;
  state: 'pending' | 'firing';
  activeAtMs: number;
  value: number;
  /** When it ceased to hold, while it goes on firing; null while it holds. */
  endedAtMs: number | null;
}

/** Evaluates rules on simulated time, as Prometheus' rule manager does on real time. */
export class RuleEngine {
  readonly groups: readonly RuleGroup[];
  readonly #samples: SampleStore;
  readonly #active = new Map<AlertRule, Map<string, Active>>();
  readonly #health = new Map<Rule, RuleHealth>();
  readonly #lastMs = new Map<RuleGroup, number>();

  constructor(groups: readonly RuleGroup[], samples: SampleStore) {
    this.groups = groups;
    this.#samples = samples;
  }

  /** Evaluates every group whose interval has passed. Results are samples of the scrape that is going on. */
  evaluate(atMs: number): void {
    for (const group of this.groups) {
      if (atMs - (this.#lastMs.get(group) ?? -Infinity) < group.intervalMs) {
        this.#repeat(group);
        continue;
      }
      this.#lastMs.set(group, atMs);
      for (const rule of group.rules) this.#evaluate(rule, atMs);
    }
  }

  health(rule: Rule): RuleHealth | null {
    return this.#health.get(rule) ?? null;
  }

  /** Alerts that are pending or firing, of one rule or of all. */
  active(of?: AlertRule): ActiveAlert[] {
    const rules = of === undefined ? this.groups.flatMap(({ rules: all }) => all) : [of];
    return rules.flatMap((rule) => (rule.kind === 'alerting' ? [...(this.#active.get(rule)?.values() ?? [])].map((active) => ({ rule, ...active })) : []));
  }

  #evaluate(rule: Rule, atMs: number): void {
    try {
      const { answer } = instantQuery(rule.expr, this.#samples, atMs);
      const elements = answer.type === 'vector' ? answer.samples : answer.type === 'scalar' ? [{ labels: Labels.none, value: answer.value }] : [];
      const numbers = elements.flatMap(({ labels, value }) => (isHistogram(value) ? [] : [{ labels, value }]));
      if (rule.kind === 'alerting') this.#alert(rule, numbers, atMs);
      else for (const { labels, value } of numbers) this.#keep(Labels.of([...labels.entries(), ...Object.entries(rule.labels)]).with('__name__', rule.name), value);
      this.#health.set(rule, { error: '', atMs });
    } catch (error) {
      if (!(error instanceof PromqlError)) throw error;
      this.#health.set(rule, { error: error.message, atMs });
    }
  }

  #alert(rule: AlertRule, elements: readonly { readonly labels: Labels; readonly value: number }[], atMs: number): void {
    const active = this.#active.get(rule) ?? new Map<string, Active>();
    this.#active.set(rule, active);
    const holding = new Set<string>();
    for (const { labels: own, value } of elements) {
      const said = (texts: Readonly<Record<string, string>>): [string, string][] => Object.entries(texts).map(([name, text]) => [name, filledIn(text, own, value)]);
      const labels = Labels.of([...own.without(['__name__']).entries(), ...said(rule.labels), ['alertname', rule.name]]);
      holding.add(labels.key);
      const known = active.get(labels.key) ?? { labels, annotations: {}, state: 'pending' as const, activeAtMs: atMs, value, endedAtMs: null };
      active.set(labels.key, { ...known, value, annotations: Object.fromEntries(said(rule.annotations)), endedAtMs: null, state: atMs - known.activeAtMs >= rule.forMs ? 'firing' : known.state });
    }
    for (const [key, alert] of active) {
      if (holding.has(key)) continue;
      alert.endedAtMs ??= atMs;
      if (alert.state === 'pending' || atMs - alert.endedAtMs >= rule.keepFiringMs) active.delete(key);
    }
    this.#remember(active.values());
  }

  /** What was found lately goes on until the next evaluation. */
  #repeat(group: RuleGroup): void {
    for (const rule of group.rules) {
      if (rule.kind === 'alerting') this.#remember(this.#active.get(rule)?.values() ?? []);
    }
  }

  #remember(active: Iterable<Active>): void {
    for (const { labels, state, activeAtMs } of active) {
      this.#keep(labels.with('__name__', 'ALERTS').with('alertstate', state), 1);
      this.#keep(labels.with('__name__', 'ALERTS_FOR_STATE'), activeAtMs / 1000);
    }
  }

  #keep(labels: Labels, value: number): void {
    this.#samples.add(labels.get('__name__'), Object.fromEntries(labels.without(['__name__']).entries()), NONE, value);
  }
}

const NONE = {};
