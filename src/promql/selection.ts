import type { Expr, SelectorExpr } from './ast.ts';
import { durationMs } from './durations.ts';
import type { EvaluationSetting } from './evaluation.ts';
import type { InstantMs, Series } from './series.ts';

/** Every selector of a query with its series, asked of the store once, over all times that the query can look at. */
export function selections(setting: EvaluationSetting): ReadonlyMap<SelectorExpr, readonly Series[]> {
  const found = new Map<SelectorExpr, readonly Series[]>();
  visit(setting.expr, setting.fromMs, setting.toMs, { setting, found });
  return found;
}

interface Visit {
  readonly setting: EvaluationSetting;
  readonly found: Map<SelectorExpr, readonly Series[]>;
}

/** `fromMs` to `toMs` are the times at which the expression will be evaluated. */
function visit(expr: Expr, fromMs: InstantMs, toMs: InstantMs, into: Visit): void {
  switch (expr.kind) {
    case 'number':
    case 'string': return;
    case 'paren':
    case 'unary': return visit(expr.expr, fromMs, toMs, into);
    case 'aggregate':
      if (expr.param !== null) visit(expr.param, fromMs, toMs, into);
      return visit(expr.expr, fromMs, toMs, into);
    case 'binary':
      visit(expr.left, fromMs, toMs, into);
      return visit(expr.right, fromMs, toMs, into);
    case 'call':
      // What `info` joins is found by the names in its second argument, not by that alone.
      for (const arg of expr.name === 'info' ? expr.args.slice(0, 1) : expr.args) visit(arg, fromMs, toMs, into);
      return;
    case 'selector': return select(expr, 0, fromMs, toMs, into);
    case 'matrix': return select(expr.selector, durationMs(expr.range, into.setting, false), fromMs, toMs, into);
    case 'subquery': {
      const [first, last] = shifted(expr, fromMs, toMs, into.setting);
      return visit(expr.expr, first - durationMs(expr.range, into.setting, false), last, into);
    }
  }
}

function select(selector: SelectorExpr, rangeMs: number, fromMs: InstantMs, toMs: InstantMs, { setting, found }: Visit): void {
  const [first, last] = shifted(selector, fromMs, toMs, setting);
  const series = setting.store.select(selector.matchers, first - rangeMs - setting.lookbackMs, last + (selector.extended === 'smoothed' ? setting.lookbackMs : 0));
  found.set(selector, series);
}

function shifted({ at, offset }: { readonly at: SelectorExpr['at']; readonly offset: SelectorExpr['offset'] }, fromMs: InstantMs, toMs: InstantMs, setting: EvaluationSetting): [InstantMs, InstantMs] {
  const fixed = at === 'start' ? setting.fromMs : at === 'end' ? setting.toMs : at;
  const by = offset === null ? 0 : durationMs(offset, setting, true);
  return fixed === null ? [fromMs - by, toMs - by] : [fixed - by, fixed - by];
}
