/** What `printf FORMAT ARGS…` writes: the format is used again while arguments are left, as POSIX has it. */
export function printf([format = '', ...args]: readonly string[]): string {
  let text = '';
  let left = [...args];
  do {
    const before = left.length;
    text += once(format, left);
    if (left.length === before) left = [];
  } while (left.length > 0 && text.length < LONGEST);
  return text;
}

const LONGEST = 1_048_576;

function once(format: string, args: string[]): string {
  return format.replace(/\\([\\abefnrtv"']|[0-7]{1,3}|x[0-9a-fA-F]{1,2})|%%|%([-+ 0#]*)(\d*|\*)(?:\.(\d+))?([sdiouxXcbqfeg])/g, (whole, escape?: string, flags = '', width = '', precision?: string, kind = '') => {
    if (whole === '%%') return '%';
    if (escape !== undefined) return escaped(escape);
    const size = width === '*' ? Number(args.shift() ?? 0) : Number(width);
    return padded(converted(kind as string, args.shift() ?? '', flags as string, precision), Math.min(size, 10_000), flags as string, kind as string);
  });
}

function converted(kind: string, argument: string, flags: string, precision: string | undefined): string {
  if (kind === 's' || kind === 'q') return precision === undefined ? argument : argument.slice(0, Number(precision));
  if (kind === 'b') return argument.replace(/\\([\\abefnrtv]|[0-7]{1,3})/g, (_, escape: string) => escaped(escape));
  if (kind === 'c') return argument.slice(0, 1);
  const number = /^['"]/.test(argument) ? argument.charCodeAt(1) : Number(argument) || 0;
  const sign = number >= 0 && flags.includes('+') ? '+' : '';
  if (kind === 'f') return sign + number.toFixed(Math.min(20, Number(precision ?? 6)));
  if (kind === 'e' || kind === 'g') return sign + (kind === 'e' ? number.toExponential(6) : String(number));
  const whole = Math.trunc(number);
  return kind === 'x' ? whole.toString(16) : kind === 'X' ? whole.toString(16).toUpperCase() : kind === 'o' ? whole.toString(8) : sign + String(whole);
}

function padded(text: string, width: number, flags: string, kind: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  return flags.includes('0') && kind !== 's' ? text.padStart(width, '0') : text.padStart(width);
}

function escaped(escape: string): string {
  const known = ({ '\\': '\\', a: '\u0007', b: '\b', e: '\u001b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '"': '"', "'": "'" } as Readonly<Record<string, string>>)[escape];
  return known ?? String.fromCharCode(escape.startsWith('x') ? Number.parseInt(escape.slice(1), 16) : Number.parseInt(escape, 8) & 255);
}
