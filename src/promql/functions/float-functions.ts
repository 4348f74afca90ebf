import { exp, ln } from '../../time/exact-math.ts';
import { acos, acosh, asin, asinh, atan, atanh, cos, cosh, log10, log2, sin, sinh, tan, tanh } from '../exact-functions.ts';

/** Functions of one number, by name. */
export const FLOAT_FUNCTIONS: ReadonlyMap<string, (value: number) => number> = new Map<string, (value: number) => number>([
  ['abs', Math.abs],
  ['ceil', Math.ceil],
  ['floor', Math.floor],
  ['sqrt', Math.sqrt],
  ['sgn', Math.sign],
  ['exp', exp],
  ['ln', ln],
  ['log2', log2],
  ['log10', log10],
  ['sin', sin],
  ['cos', cos],
  ['tan', tan],
  ['asin', asin],
  ['acos', acos],
  ['atan', atan],
  ['sinh', sinh],
  ['cosh', cosh],
  ['tanh', tanh],
  ['asinh', asinh],
  ['acosh', acosh],
  ['atanh', atanh],
  ['deg', (value) => (value * 180) / Math.PI],
  ['rad', (value) => (value * Math.PI) / 180],
]);
