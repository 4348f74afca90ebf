/**
 * Kubernetes quantities (`250m`, `1.5`, `512Mi`, `1e3`) as numbers.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(text: string | number): number | null {
  if (typeof text === 'number') return text;
  const match = QUANTITY.exec(text);
  if (match === null) return null;
  const amount = Number(match[1]);
  const suffix = match[2] as string;
  if (Number.isNaN(amount)) return null;
  const factor = FACTOR[suffix];
  if (factor !== undefined) return amount * factor;
  const scaled = Number(`${match[1]}${suffix}`);
  return Number.isNaN(scaled) ? null : scaled;
}

/** Thousandths of a CPU, rounded up as the scheduler does; 0 where the quantity is absent or none. */
export function cpuMillis(quantity: string | number | undefined): number {
  return quantity === undefined ? 0 : Math.ceil((parseQuantity(quantity) ?? 0) * 1000 - 1e-9);
}

/** Bytes, rounded up; 0 where the quantity is absent or none. */
export function quantityBytes(quantity: string | number | undefined): number {
  return quantity === undefined ? 0 : Math.ceil(parseQuantity(quantity) ?? 0);
}

const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))((?:[eE][+-]?\d+)|(?:[numkMGTPE]|[KMGTPE]i)?)$/;

const FACTOR: Readonly<Record<string, number>> = {
  '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 1024, Mi: 1_048_576, Gi: 1_073_741_824, Ti: 1_099_511_627_776, Pi: 1_125_899_906_842_624, Ei: 1_152_921_504_606_846_976,
};
