import { exp, ln } from '../time/exact-math.ts';

/**
 * What PromQL calculates beyond the four operations, from them alone, so that every machine gives the same bits.
 * Relative errors are below 1e-12 (of `sin` and its kin: absolute, for arguments below 1e9).
 */

const LN2 = 0.6931471805599453;
const LN10 = 2.302585092994046;

/** `base` to the power of `exponent`, with the special cases of IEEE 754. */
export function power(base: number, exponent: number): number {
  if (exponent === 0 || base === 1) return 1;
  if (Number.isNaN(base) || Number.isNaN(exponent)) return Number.NaN;
  if (!Number.isFinite(exponent)) {
    const size = Math.abs(base);
    return size === 1 ? 1 : size > 1 === exponent > 0 ? Infinity : 0;
  }
  const whole = Number.isInteger(exponent);
  if (whole && Math.abs(exponent) <= 1024) return wholePower(base, exponent);
  if (base < 0 && !whole) return base === -Infinity ? (exponent > 0 ? Infinity : 0) : Number.NaN;
  const size = exp(exponent * ln(Math.abs(base)));
  return base < 0 && exponent % 2 !== 0 ? -size : size;
}

function wholePower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = Math.abs(exponent); left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= square;
    square *= square;
  }
  return exponent < 0 ? 1 / result : result;
}

/** Logarithm to the base 2; exact for powers of two. */
export function log2(value: number): number {
  return rounded(ln(value) / LN2, (whole) => power(2, whole) === value);
}

/** Logarithm to the base 10; exact for powers of ten. */
export function log10(value: number): number {
  return rounded(ln(value) / LN10, (whole) => power(10, whole) === value);
}

/** 2 to the power of `value`. */
export function exp2(value: number): number {
  return power(2, value);
}

function rounded(value: number, fits: (whole: number) => boolean): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-9 && fits(whole) ? whole : value;
}

const HALF_PI = Math.PI / 2;
/** π/2 in three parts, the first two with zeros at their end, so that their multiples are exact. Source: fdlibm's e_rem_pio2.c. */
const PIO2_1 = 1.57079632673412561417;
const PIO2_2 = 6.07710050630396597660e-11;
const PIO2_3 = 2.02226624879595063154e-21;

export function sin(angle: number): number {
  const { quadrant, rest } = reduced(angle);
  const value = quadrant % 2 === 0 ? sinSeries(rest) : cosSeries(rest);
  return quadrant >= 2 ? -value : value;
}

export function cos(angle: number): number {
  const { quadrant, rest } = reduced(angle);
  const value = quadrant % 2 === 0 ? cosSeries(rest) : sinSeries(rest);
  return quadrant === 1 || quadrant === 2 ? -value : value;
}

export function tan(angle: number): number {
  return sin(angle) / cos(angle);
}

function reduced(angle: number): { readonly quadrant: number; readonly rest: number } {
  if (!Number.isFinite(angle)) return { quadrant: 0, rest: Number.NaN };
  const turns = Math.round(angle / HALF_PI);
  return { quadrant: ((turns % 4) + 4) % 4, rest: angle - turns * PIO2_1 - turns * PIO2_2 - turns * PIO2_3 };
}

/** |x| ≤ π/4: the series ends at x^17. */
function sinSeries(x: number): number {
  let sum = 1;
  for (let term = 16; term >= 2; term -= 2) sum = 1 - ((x * x) / (term * (term + 1))) * sum;
  return x * sum;
}

function cosSeries(x: number): number {
  let sum = 1;
  for (let term = 17; term >= 1; term -= 2) sum = 1 - ((x * x) / (term * (term + 1))) * sum;
  return sum;
}

/** Halves the angle twice by atan x = 2 atan(x / (1 + √(1 + x²))); what is left is below 0.2, where the series ends at x^21. */
export function atan(value: number): number {
  if (value === Infinity || value === -Infinity) return value > 0 ? HALF_PI : -HALF_PI;
  if (Math.abs(value) > 1) return (value > 0 ? HALF_PI : -HALF_PI) - atan(1 / value);
  let x = value;
  for (let halving = 0; halving < 2; halving++) x /= 1 + Math.sqrt(1 + x * x);
  let sum = 0;
  for (let term = 21; term >= 1; term -= 2) sum = 1 / term - x * x * sum;
  return 4 * x * sum;
}

export function atan2(y: number, x: number): number {
  if (Number.isNaN(y) || Number.isNaN(x)) return Number.NaN;
  const behind = x < 0 || Object.is(x, -0);
  if (y === 0) return behind ? (Object.is(y, -0) ? -Math.PI : Math.PI) : y;
  if (!Number.isFinite(x) && !Number.isFinite(y)) return (y > 0 ? 1 : -1) * (x > 0 ? Math.PI / 4 : (3 * Math.PI) / 4);
  const angle = x === 0 ? HALF_PI : atan(Math.abs(y / x));
  const upper = x < 0 ? Math.PI - angle : angle;
  return y > 0 ? upper : -upper;
}

export function asin(value: number): number {
  return Math.abs(value) > 1 ? Number.NaN : atan2(value, Math.sqrt((1 - value) * (1 + value)));
}

export function acos(value: number): number {
  return Math.abs(value) > 1 ? Number.NaN : atan2(Math.sqrt((1 - value) * (1 + value)), value);
}

export function sinh(value: number): number {
  if (Math.abs(value) < 0.5) {
    let sum = 1;
    for (let term = 14; term >= 2; term -= 2) sum = 1 + ((value * value) / (term * (term + 1))) * sum;
    return value * sum;
  }
  return (exp(value) - exp(-value)) / 2;
}

export function cosh(value: number): number {
  return (exp(value) + exp(-value)) / 2;
}

export function tanh(value: number): number {
  return Math.abs(value) > 20 ? (value > 0 ? 1 : -1) : sinh(value) / cosh(value);
}

export function asinh(value: number): number {
  const size = Math.abs(value);
  const angle = size < 1e-4 ? size - (size * size * size) / 6 : ln(size + Math.sqrt(size * size + 1));
  return value < 0 ? -angle : angle;
}

export function acosh(value: number): number {
  return value < 1 ? Number.NaN : ln(value + Math.sqrt(value * value - 1));
}

export function atanh(value: number): number {
  const size = Math.abs(value);
  if (size < 1e-4) return value + (value * value * value) / 3;
  return size > 1 ? Number.NaN : ln((1 + value) / (1 - value)) / 2;
}
