import type { Matcher } from './matcher.ts';
import type { InstantMs } from './series.ts';

/** What an expression yields. */
export type ValueType = 'scalar' | 'instant vector' | 'range vector' | 'string';

/** Where an expression stands in the text: from that character up to before that one. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** A length of time, in seconds, that may depend on the query's own step and range. */
export type Duration = Place &
  (
    | { readonly kind: 'seconds'; readonly value: number }
    | { readonly kind: 'step' | 'range' }
    | { readonly kind: 'negative'; readonly of: Duration }
    | { readonly kind: 'sum'; readonly op: '+' | '-' | '*' | '/' | '%' | '^' | 'min_of' | 'max_of'; readonly left: Duration; readonly right: Duration }
  );

/** What an `@` modifier fixes a selector to. */
export type At = InstantMs | 'start' | 'end';

interface Shifted {
  readonly offset: Duration | null;
  readonly at: At | null;
}

export type SelectorExpr = Place & Shifted & {
  readonly kind: 'selector';
  /** The name written in front of the braces; empty where there is none. */
  readonly name: string;
  /** All conditions, that on the name among them. */
  readonly matchers: readonly Matcher[];
  readonly extended: 'anchored' | 'smoothed' | null;
};

export type MatrixExpr = Place & { readonly kind: 'matrix'; readonly selector: SelectorExpr; readonly range: Duration };

export type SubqueryExpr = Place & Shifted & { readonly kind: 'subquery'; readonly expr: Expr; readonly range: Duration; readonly step: Duration | null };

export type CallExpr = Place & { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] };

export type AggregateOp =
  | 'sum' | 'avg' | 'count' | 'min' | 'max' | 'group' | 'stddev' | 'stdvar'
  | 'topk' | 'bottomk' | 'quantile' | 'count_values' | 'limitk' | 'limit_ratio';

export type AggregateExpr = Place & {
  readonly kind: 'aggregate';
  readonly op: AggregateOp;
  readonly expr: Expr;
  readonly param: Expr | null;
  readonly grouping: readonly string[];
  readonly without: boolean;
};

type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type Comparison = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOp = 'and' | 'or' | 'unless';
type Trim = '</' | '>/';
export type BinaryOp = Arithmetic | Comparison | SetOp | Trim;

/** How the elements of two vectors find each other. */
export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly group: 'left' | 'right' | null;
  readonly include: readonly string[];
  /** What stands in for an element that is missing on that side. */
  readonly fillLeft: number | null;
  readonly fillRight: number | null;
}

export type BinaryExpr = Place & {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  readonly bool: boolean;
  readonly matching: Matching;
};

export type Expr =
  | (Place & { readonly kind: 'number'; readonly value: number })
  | (Place & { readonly kind: 'string'; readonly value: string })
  | (Place & { readonly kind: 'paren'; readonly expr: Expr })
  | (Place & { readonly kind: 'unary'; readonly op: '+' | '-'; readonly expr: Expr })
  | SelectorExpr
  | MatrixExpr
  | SubqueryExpr
  | CallExpr
  | AggregateExpr
  | BinaryExpr;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
const SETS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

export function isComparison(op: BinaryOp): op is Comparison {
  return COMPARISONS.has(op);
}

export function isSetOp(op: BinaryOp): op is SetOp {
  return SETS.has(op);
}

/** The expression itself, without the parentheses around it. */
export function withoutParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}
