import type { ASTNode } from '@marcbachmann/cel-js';

/** The parts of an expression that are asked of the world, as written: `slo.burn`, `cluster.images('catalog')`. Each once, in order. */
export function termsOf(expression: string, root: ASTNode): readonly string[] {
  const terms: string[] = [];
  const see = (node: ASTNode): void => {
    if (isTerm(node)) {
      const text = expression.slice(node.start, node.end).trim();
      if (!terms.includes(text)) terms.push(text);
      return;
    }
    for (const child of childrenOf(node)) see(child);
  };
  see(root);
  return terms;
}

/** A value of an expression as a person reads it. */
export function valueWords(value: unknown): string {
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  if (typeof value === 'string') return value === '' ? 'nothing' : value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueWords).join(', ');
  return String(value);
}

/** A name with its fields and calls: nothing that compares, and no macro, whose body speaks of its own variable. */
function isTerm(node: ASTNode): boolean {
  if (node.op === '.') return isNamed(node.args[0]);
  if (node.op === 'call') return node.args[1].every(({ op }) => op === 'value');
  return node.op === 'rcall' && isNamed(node.args[1]) && node.args[2].every(({ op }) => op === 'value') && !PREDICATES.has(node.args[0]);
}

function isNamed(node: ASTNode): boolean {
  return node.op === 'id' || isTerm(node);
}

/** Of these the text that they look into is worth showing, not whether they hold. */
const PREDICATES: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'matches', 'exists', 'all', 'exists_one', 'size']);

function childrenOf(node: ASTNode): readonly ASTNode[] {
  const inside = (value: unknown): ASTNode[] => {
    if (Array.isArray(value)) return value.flatMap(inside);
    return typeof value === 'object' && value !== null && 'op' in value ? [value as ASTNode] : [];
  };
  // What a macro does with each element is about its own variable.
  return node.op === 'rcall' && PREDICATES.has(node.args[0]) ? [node.args[1]] : inside(node.args);
}
