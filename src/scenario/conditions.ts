import { asking, type CelContext, celContext, celEnvironment } from './cel.ts';
import type { ConditionFacts } from './condition-facts.ts';
import type { Condition } from './scenario.ts';
import { formatDurationMs } from '../time/sim-time.ts';
import { termsOf, valueWords } from './seen-values.ts';

/** Evaluates CEL expressions over the facts of one drill; each is compiled once. */
export class Expressions {
  readonly #facts: ConditionFacts;
  readonly #context: CelContext;
  readonly #compiled = new Map<string, () => boolean>();
  readonly #onTrouble: (sentence: string) => void;

  /** `onTrouble` is told once of each expression that could not be evaluated. */
  constructor(facts: ConditionFacts, onTrouble: (sentence: string) => void) {
    this.#facts = facts;
    this.#context = celContext(facts);
    this.#onTrouble = onTrouble;
  }

  /** Whether the expression holds now; false where it cannot be evaluated. */
  holds(expression: string): boolean {
    let compiled = this.#compiled.get(expression);
    if (compiled === undefined) {
      compiled = this.#compile(expression);
      this.#compiled.set(expression, compiled);
    }
    return compiled();
  }

  /** What an expression asks of the drill, with the values now: `slo.burn is 13.2`; '' where it says nothing but yes or no. */
  seen(expression: string): string {
    const environment = celEnvironment();
    try {
      const terms = termsOf(expression, environment.parse(expression).ast).filter((term) => expression.replace(/^!/, '') !== term);
      return terms.map((term) => `${term} is ${valueWords(asking(this.#facts, () => environment.evaluate(term, this.#context)))}`).join(', ');
    } catch {
      return 'it could not be evaluated';
    }
  }

  #compile(expression: string): () => boolean {
    let told = false;
    const failed = (error: unknown): false => {
      if (!told) this.#onTrouble(`The condition ${expression} could not be evaluated: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown error'}`);
      told = true;
      return false;
    };
    try {
      const parsed = celEnvironment().parse(expression);
      return () => {
        try {
          return asking(this.#facts, () => parsed(this.#context)) === true;
        } catch (error) {
          return failed(error);
        }
      };
    } catch (error) {
      return () => failed(error);
    }
  }
}

/** Finds out whether a condition has held for its `for:` without a break, as an alert of Prometheus does. */
export class ConditionTimer {
  readonly condition: Condition;
  #sinceMs: number | null = null;

  constructor(condition: Condition) {
    this.condition = condition;
  }

  /** The condition as its author wrote it, with its `for:`. */
  get words(): string {
    const { if: expression, forMs } = this.condition;
    return forMs === 0 ? expression : `${expression} for ${formatDurationMs(forMs)}`;
  }

  /** For how long it has held, in ms, at the last update; null where it did not. */
  heldMs(nowMs: number): number | null {
    return this.#sinceMs === null ? null : nowMs - this.#sinceMs;
  }

  /** What {@link update} would answer, without telling it anything: looking does not count. */
  wouldHold(nowMs: number, holdsNow: boolean): boolean {
    return holdsNow && (this.heldMs(nowMs) ?? 0) >= this.condition.forMs;
  }

  /** Tells it whether the expression holds at `nowMs`; answers whether it has held for long enough. */
  update(nowMs: number, holdsNow: boolean): boolean {
    if (!holdsNow) {
      this.#sinceMs = null;
      return false;
    }
    this.#sinceMs ??= nowMs;
    return nowMs - this.#sinceMs >= this.condition.forMs;
  }
}
