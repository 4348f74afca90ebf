/** Rules about single values that many kinds share: `path: problem`, in the API server's words. */

export function negative(path: string, value: number | undefined): string {
  return `${path}: Invalid value: ${value}: must be greater than or equal to 0`;
}

export function tooLong(path: string, bytes: number): string {
  return `${path}: Too long: may not be more than ${bytes} bytes`;
}

/** How many bytes a text is in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Of a pair of surrogates, each half makes two of four bytes.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

/** The fields of `spec` that hold numbers below 0. */
export function integerErrors<Spec extends object>(path: string, spec: Spec | undefined, fields: readonly (keyof Spec & string)[]): string[] {
  return fields.flatMap((field) => {
    const value: unknown = spec?.[field];
    return typeof value === 'number' && value < 0 ? [negative(`${path}.${field}`, value)] : [];
  });
}

/** A word that is none of those supported; absent is fine. */
export function unsupported(path: string, value: string | undefined, supported: readonly string[]): string[] {
  if (value === undefined || supported.includes(value)) return [];
  const sorted = [...supported].sort((left, right) => (left < right ? -1 : 1));
  return [`${path}: Unsupported value: "${value}": supported values: ${sorted.map((word) => `"${word}"`).join(', ')}`];
}

/** A number or percentage where one is wanted. */
export function percentErrors(path: string, value: number | string | undefined): string[] {
  if (typeof value === 'number' && value < 0) return [negative(path, value)];
  if (typeof value === 'string' && !/^\d+%$/.test(value)) {
    return [`${path}: Invalid value: "${value}": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')`];
  }
  return [];
}
