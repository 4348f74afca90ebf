import { isComparison, isSetOp, type BinaryExpr, type BinaryOp, type Matching, type SetOp } from './ast.ts';
import { elementBinary, floatBinary } from './binary-element.ts';
import type { Evaluation } from './evaluation.ts';
import { METRIC_NAME, type Labels } from './labels.ts';
import { PromqlError } from './promql-error.ts';
import type { InstantMs, Sample, Value } from './series.ts';
import { typeOf } from './type-check.ts';

/** A binary operation of which at least one side is a vector. */
export function binary(evaluation: Evaluation, expr: BinaryExpr, atMs: InstantMs): readonly Sample[] {
  const { op, left, right } = expr;
  if (typeOf(left) === 'scalar') return withScalar(evaluation, expr, evaluation.vector(right, atMs), evaluation.scalar(left, atMs), true);
  if (typeOf(right) === 'scalar') return withScalar(evaluation, expr, evaluation.vector(left, atMs), evaluation.scalar(right, atMs), false);
  const lefts = evaluation.vector(left, atMs);
  const rights = evaluation.vector(right, atMs);
  return isSetOp(op) ? setOf(op, lefts, rights, expr.matching) : matched(evaluation, expr, lefts, rights);
}

export function scalarBinary(op: BinaryOp, left: number, right: number): number {
  const value = floatBinary(op, left, right);
  return typeof value === 'boolean' ? Number(value) : value;
}

const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^', 'atan2']);

function withScalar(evaluation: Evaluation, expr: BinaryExpr, samples: readonly Sample[], scalar: number, scalarLeft: boolean): readonly Sample[] {
  const { op, bool } = expr;
  const results: Sample[] = [];
  for (const sample of samples) {
    const result = scalarLeft ? elementBinary(evaluation.notes, expr, scalar, sample.value) : elementBinary(evaluation.notes, expr, sample.value, scalar);
    if (result === null) continue;
    const dropName = sample.dropName || bool || ARITHMETIC.has(op);
    if (bool) results.push({ labels: sample.labels, value: Number(result.keep), dropName });
    // A comparison keeps the vector's own value, on whichever side the vector stands.
    else if (result.keep) results.push({ labels: sample.labels, value: isComparison(op) ? sample.value : result.value, dropName });
  }
  return results;
}

/** Elements with the same of this find each other. */
function signatureOf(labels: Labels, { on, labels: names }: Matching): Labels {
  return on ? labels.only(names) : labels.without([...names, METRIC_NAME]);
}

/** Signatures of labels, each worked out once for an expression. */
function signer(matching: Matching): (labels: Labels) => string {
  let known = signatures.get(matching);
  if (known === undefined) {
    known = new WeakMap();
    signatures.set(matching, known);
  }
  const cache = known;
  return (labels) => {
    let key = cache.get(labels);
    if (key === undefined) {
      key = signatureOf(labels, matching).key;
      cache.set(labels, key);
    }
    return key;
  };
}

const signatures = new WeakMap<Matching, WeakMap<Labels, string>>();

function setOf(op: SetOp, lefts: readonly Sample[], rights: readonly Sample[], matching: Matching): readonly Sample[] {
  const sign = signer(matching);
  if (op === 'or') {
    const present = new Set(lefts.map(({ labels }) => sign(labels)));
    return [...lefts, ...rights.filter(({ labels }) => !present.has(sign(labels)))];
  }
  const present = new Set(rights.map(({ labels }) => sign(labels)));
  return lefts.filter(({ labels }) => present.has(sign(labels)) === (op === 'and'));
}

function matched(evaluation: Evaluation, expr: BinaryExpr, lefts: readonly Sample[], rights: readonly Sample[]): readonly Sample[] {
  const { matching } = expr;
  const swapped = matching.group === 'right';
  // The left filler is for the many side and the right one for the other, also where the sides are swapped: so it is with Prometheus.
  const { fillLeft: fillMany, fillRight: fillOne } = matching;
  const [many, ones] = swapped ? [rights, lefts] : [lefts, rights];
  if ((many.length === 0 || ones.length === 0) && fillMany === null && fillOne === null) return [];
  const sign = signer(matching);
  const bySignature = oneSide(ones, matching, sign, swapped);
  const results: Sample[] = [];
  const seen = new Map<string, Set<string>>();
  const combine = (ofMany: Sample, ofOne: Sample, signature: string): void => {
    const [left, right] = swapped ? [ofOne.value, ofMany.value] : [ofMany.value, ofOne.value];
    const result = elementBinary(evaluation.notes, expr, left, right);
    if (result === null) return;
    const labels = resultLabels(ofMany.labels, ofOne.labels, expr);
    const known = seen.get(signature);
    if (known === undefined) seen.set(signature, new Set([labels.key]));
    else if (matching.group === null) throw new PromqlError('multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)');
    else if (known.has(labels.key)) throw new PromqlError('multiple matches for labels: grouping labels must ensure unique matches');
    else known.add(labels.key);
    const value: Value = expr.bool ? Number(result.keep) : result.value;
    if (result.keep || expr.bool) results.push({ labels, value, dropName: expr.bool });
  };
  for (const sample of many) {
    const signature = sign(sample.labels);
    const other = bySignature.get(signature) ?? (fillOne === null ? null : { labels: signatureOf(sample.labels, matching), value: fillOne, dropName: false });
    if (other !== null) combine(sample, other, signature);
  }
  if (fillMany !== null) {
    for (const sample of ones) {
      const signature = sign(sample.labels);
      if (!seen.has(signature)) combine({ labels: signatureOf(sample.labels, matching), value: fillMany, dropName: false }, sample, signature);
    }
  }
  return results;
}

function oneSide(ones: readonly Sample[], matching: Matching, sign: (labels: Labels) => string, swapped: boolean): Map<string, Sample> {
  const bySignature = new Map<string, Sample>();
  for (const sample of ones) {
    const signature = sign(sample.labels);
    const twin = bySignature.get(signature);
    if (twin !== undefined) {
      const both = [sample.labels.text, twin.labels.text].toSorted((one, other) => (one < other ? -1 : 1));
      throw new PromqlError(`found duplicate series for the match group ${signatureOf(sample.labels, matching).text} on the ${swapped ? 'left' : 'right'} hand-side of the operation: [${both.join(', ')}];many-to-many matching not allowed: matching labels must be unique on one side`);
    }
    bySignature.set(signature, sample);
  }
  return bySignature;
}

function resultLabels(many: Labels, one: Labels, { op, matching }: BinaryExpr): Labels {
  let labels = ARITHMETIC.has(op) ? many.nameless : many;
  if (matching.group === null) labels = matching.on ? labels.only(matching.labels) : labels.without(matching.labels);
  for (const name of matching.include) labels = labels.with(name, one.get(name));
  return labels;
}
