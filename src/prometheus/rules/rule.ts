/** A group of rules, evaluated one after the other. As of Prometheus' `rule_group`. */
export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  readonly intervalMs: number;
  readonly rules: readonly Rule[];
}

/** Something new to be remembered, or something to be told. */
export type Rule = RecordingRule | AlertRule;

interface RecordingRule {
  readonly kind: 'recording';
  /** The metric that the result is kept as. */
  readonly name: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface AlertRule {
  readonly kind: 'alerting';
  readonly name: string;
  readonly expr: string;
  /** So long has it to hold before it fires, and so long it fires on when it holds no more. */
  readonly forMs: number;
  readonly keepFiringMs: number;
  /** Texts with `{{ $labels.x }}` and `{{ $value }}` in them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
