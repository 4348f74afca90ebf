/** `10.244.1.7` as a whole number; NaN where it is no address. */
export function addressNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

export function addressText(address: number): string {
  return [16_777_216, 65_536, 256, 1].map((unit) => Math.floor(address / unit) % 256).join('.');
}

/** How many addresses a block has whose first so many bits are given: 0 to 32. */
export function blockSize(bits: number): number {
  let size = 1;
  for (let bit = bits; bit < 32; bit++) size *= 2;
  return size;
}
