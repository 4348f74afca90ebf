/** What may be spent on expressions that belong together, such as all rules of one object. */
export interface CelBudget {
  left: number;
}

/** One evaluation may take so many steps. Source: `PerCallLimit` of apiserver's pkg/apis/cel/config.go, whose units differ a little. */
const MOST_STEPS = 1_000_000;
/** All that are evaluated for one object may take so many. */
const MOST_STEPS_TOGETHER = 2_000_000;
/** Nor may any value grow beyond so many characters or items. */
const LONGEST = 4_194_304;

export function celBudget(): CelBudget {
  return { left: MOST_STEPS_TOGETHER };
}

/** What evaluations spend now; there is never more than one at a time. */
let stepsLeft = MOST_STEPS;

/** Evaluates within a budget; what was made ready by {@link countSteps} throws when that is spent. */
export function withinBudget<Result>(budget: CelBudget | undefined, evaluate: () => Result): Result {
  const given = Math.min(MOST_STEPS, budget?.left ?? MOST_STEPS);
  stepsLeft = given;
  try {
    return evaluate();
  } finally {
    if (budget !== undefined) budget.left -= given - Math.max(0, stepsLeft);
  }
}

/** For what takes longer than a step. Throws where that is too much. */
export function spendSteps(steps: number): void {
  stepsLeft -= steps;
  if (stepsLeft < 0) throw new Error(TOO_COSTLY);
}

/**
 * Makes each part of an expression count its evaluations: four nested `all` over a list of four hundred would take
 * hours. The library's nodes put faster ways of evaluating in their own place at run time, which stay counted here.
 */
export function countSteps(node: unknown): void {
  if (Array.isArray(node)) return node.forEach(countSteps);
  if (typeof node !== 'object' || node === null || !('evaluate' in node) || typeof node.evaluate !== 'function') return;
  let evaluate = node.evaluate as Evaluate;
  const counted = (...given: unknown[]): unknown => {
    spendSteps(1);
    const value = evaluate.apply(node, given);
    if ((typeof value === 'string' || Array.isArray(value)) && value.length > LONGEST) throw new Error(TOO_COSTLY);
    return value;
  };
  Object.defineProperty(node, 'evaluate', { get: () => counted, set: (faster: Evaluate) => { evaluate = faster; } });
  if ('args' in node) countSteps(node.args);
}

type Evaluate = (...given: unknown[]) => unknown;

/** In cel-go's words. */
const TOO_COSTLY = 'operation cancelled: actual cost limit exceeded';
