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

/** A sum written as its terms were: in powers of 1024 where `like` is, in thousandths where it is no whole number. */
export function formatQuantity(amount: number, like: string | number | undefined): string {
  const suffixes = String(like ?? '').endsWith('i') ? BINARY_SUFFIXES : [];
  for (const suffix of suffixes) {
    const factor = FACTOR[suffix] as number;
    if (amount !== 0 && amount % factor === 0) return `${amount / factor}${suffix}`;
  }
  const millis = Math.round(amount * 1000);
  if (millis % 1000 !== 0) return `${millis}m`;
  for (const suffix of DECIMAL_SUFFIXES) {
    const factor = FACTOR[suffix] as number;
    if (amount !== 0 && amount % factor === 0) return `${amount / factor}${suffix}`;
  }
  return String(amount);
}

const BINARY_SUFFIXES = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'];
const DECIMAL_SUFFIXES = ['E', 'P', 'T', 'G', 'M', 'k'];
