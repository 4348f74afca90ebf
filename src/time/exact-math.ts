/**
 * `ln` and `exp` from the four operations alone, so that every machine and every Node gives the same bits
 * (the engine's own differ between processors and versions). Relative error below 1e-13.
 */

const LN2 = 0.6931471805599453;

/** Natural logarithm of a positive finite number; -Infinity for 0, NaN below. */
export function ln(value: number): number {
  if (value === 0) return -Infinity;
  if (!(value > 0)) return Number.NaN;
  if (value === Infinity) return Infinity;
  let mantissa = value;
  let halvings = 0;
  while (mantissa >= 4294967296) { mantissa /= 4294967296; halvings += 32; }
  while (mantissa >= 1.4142135623730951) { mantissa /= 2; halvings++; }
  while (mantissa < 2.3283064365386963e-10) { mantissa *= 4294967296; halvings -= 32; }
  while (mantissa < 0.7071067811865476) { mantissa *= 2; halvings--; }
  // ln m = 2 atanh((m − 1)/(m + 1)), |z| ≤ 0.1716: the series ends at z^23.
  const z = (mantissa - 1) / (mantissa + 1);
  const square = z * z;
  let series = 0;
  for (let power = 23; power >= 1; power -= 2) series = series * square + 1 / power;
  return halvings * LN2 + 2 * z * series;
}

/** e to the power of `value`; 0 below −745, Infinity above 709.78. */
export function exp(value: number): number {
  if (value > 709.78) return Infinity;
  if (value < -745) return 0;
  if (Number.isNaN(value)) return value;
  const doublings = Math.round(value / LN2);
  const rest = value - doublings * LN2; // |rest| ≤ 0.3466: the series ends at rest^13
  let series = 1;
  for (let term = 13; term >= 1; term--) series = 1 + (rest / term) * series;
  const half = doublings >> 1; // 2^1024 alone would be Infinity
  return series * powerOfTwo(half) * powerOfTwo(doublings - half);
}

function powerOfTwo(exponent: number): number {
  let result = 1;
  let base = exponent < 0 ? 0.5 : 2;
  for (let left = exponent < 0 ? -exponent : exponent; left > 0; left >>= 1) {
    if (left & 1) result *= base;
    base *= base;
  }
  return result;
}
