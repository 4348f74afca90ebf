const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNIT_S = [31_536_000, 604_800, 86_400, 3_600, 60, 1, 0.001];

/** Seconds of a duration such as `1h30m`, or null where the text is none. */
export function durationSeconds(text: string): number | null {
  const parts = text === '' ? null : DURATION.exec(text);
  if (parts === null) return null;
  let milliseconds = 0;
  for (let at = 0; at < UNIT_S.length; at++) milliseconds += Number(parts[at + 1] ?? 0) * (UNIT_S[at] as number) * 1000;
  return milliseconds / 1000;
}

/** A number as PromQL writes it: `1e3`, `0x1f`, `1_000`, `017`, `-Inf`, `NaN`, or a duration in seconds; null where the text is none. */
export function numberOf(text: string): number | null {
  const unsigned = text.replace(/^[-+]/, '').trim();
  const value = unsignedNumber(unsigned.toLowerCase());
  return value === null ? null : text.startsWith('-') ? -value : value;
}

function unsignedNumber(text: string): number | null {
  if (text === 'inf') return Infinity;
  if (text === 'nan') return Number.NaN;
  const plain = text.replaceAll('_', '');
  if (/^0x[\da-f]+$/.test(plain)) return Number.parseInt(plain, 16);
  if (/^0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  if (/^(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/.test(plain)) return Number(plain);
  return durationSeconds(text);
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"' };
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([\s\S]?))/g;

/** What a string in quotes says, by Go's escapes; between backticks everything is itself. Null where an escape is none. */
export function unquoted(text: string): string | null {
  const quote = text[0];
  if (text.length < 2 || text.at(-1) !== quote) return null;
  const inner = text.slice(1, -1);
  if (quote === '`') return inner;
  let wrong = false;
  const said = inner.replaceAll(ESCAPE, (_, hex?: string, four?: string, eight?: string, octal?: string, letter?: string) => {
    const code = hex ?? four ?? eight;
    if (code !== undefined || octal !== undefined) {
      const point = code === undefined ? Number.parseInt(octal as string, 8) : Number.parseInt(code, 16);
      if (point > 0x7f && (hex ?? octal) !== undefined) return String.fromCharCode(0xdc00 + (point & 0xff)); // A byte that is no text by itself.
      if (point <= 0x10ffff) return String.fromCodePoint(point);
    }
    const plain = letter === undefined ? undefined : ESCAPES[letter];
    if (plain === undefined) wrong = true;
    return plain ?? '';
  });
  return wrong || inner.endsWith('\\') && !inner.endsWith('\\\\') ? null : said;
}

/** A text in quotes as Go writes it, with bytes that are no text as `\xff`. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/\\udc([\da-f]{2})/g, '\\x$1');
}

/** As Go prints a number: infinities with their sign. */
export function signed(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
}
