/** π with so many digits in all, as `perl -Mbignum=bpi -e 'print bpi(n)'` prints it. By Machin's formula over whole numbers. */
export function piDigits(digits: number): string {
  const scale = BigInt(`1${'0'.repeat(digits + 9)}`);
  const pi = 4n * (4n * arctanInverse(5n, scale) - arctanInverse(239n, scale));
  // One digit more decides how the last is rounded.
  const rounded = (pi / 1_000_000_000n + 5n) / 10n;
  const text = rounded.toString();
  return `${text.charAt(0)}.${text.slice(1)}`;
}

function arctanInverse(of: bigint, scale: bigint): bigint {
  const square = of * of;
  let power = scale / of;
  let sum = power;
  for (let nth = 3n, sign = -1n; power > 0n; nth += 2n, sign = -sign) {
    power /= square;
    sum += (sign * power) / nth;
  }
  return sum;
}
