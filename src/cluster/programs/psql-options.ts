import type { Format } from './psql-format.ts';

export interface PsqlOptions {
  /** Null for the socket of the machine itself. */
  readonly host: string | null;
  readonly port: number;
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  readonly commands: readonly string[];
  readonly files: readonly string[];
  readonly format: Format;
  readonly quiet: boolean;
  readonly stopsOnError: boolean;
  readonly version: boolean;
}

/** Letters of options and the long ones that mean them; those with a value end in `=`. */
const LONG: Readonly<Record<string, string>> = {
  'host=': 'h', 'port=': 'p', 'username=': 'U', 'dbname=': 'd', 'command=': 'c', 'file=': 'f', 'field-separator=': 'F', 'set=': 'v', 'variable=': 'v', 'pset=': 'P', 'output=': 'o',
  'tuples-only': 't', 'no-align': 'A', expanded: 'x', quiet: 'q', 'no-psqlrc': 'X', 'no-password': 'w', password: 'W', list: 'l', version: 'V', csv: 'C', 'single-transaction': '1', 'echo-all': 'a', 'echo-errors': 'b',
};
const WITH_VALUE = 'hpUdcfFvPoTR';
const WITHOUT = 'tAxqXwWlVC1abeEnsSLH';

/** Reads the arguments of psql as its own parser does, what the environment says beneath them. */
export function optionsOfPsql(args: readonly string[], env: ReadonlyMap<string, string>): PsqlOptions | { readonly error: string } {
  const read = givenIn(args);
  if ('error' in read) return read;
  const { flags, values, rest } = read;
  const last = (letter: string): string | undefined => values.findLast(([one]) => one === letter)?.[1];
  const url = urlOf(last('d') ?? rest[0] ?? '');
  const given = (letter: string, name: string, ofUrl: string | undefined): string | null => last(letter) ?? ofUrl ?? env.get(name) ?? null;
  const host = given('h', 'PGHOST', url?.host);
  return {
    host: host === null || host.startsWith('/') ? null : host,
    port: Number(given('p', 'PGPORT', url?.port) ?? 5432),
    user: last('U') ?? url?.user ?? rest[1] ?? env.get('PGUSER') ?? null,
    password: url?.password ?? env.get('PGPASSWORD') ?? null,
    database: url === null ? (last('d') ?? rest[0] ?? env.get('PGDATABASE') ?? null) : (url.database ?? null),
    commands: [...values.filter(([letter]) => letter === 'c').map(([, value]) => value), ...(flags.has('l') ? ['\\l'] : [])],
    files: values.filter(([letter]) => letter === 'f').map(([, value]) => value),
    format: { mode: flags.has('C') ? 'csv' : flags.has('A') ? 'unaligned' : 'aligned', expanded: flags.has('x'), tuplesOnly: flags.has('t'), separator: last('F') ?? '|', nothing: '' },
    quiet: flags.has('q'), stopsOnError: values.some(([letter, value]) => letter === 'v' && /^ON_ERROR_STOP(?:=(?:1|on|true))?$/.test(value)), version: flags.has('V'),
  };
}

function givenIn(args: readonly string[]): { readonly flags: ReadonlySet<string>; readonly values: readonly (readonly [string, string])[]; readonly rest: readonly string[] } | { readonly error: string } {
  const flags = new Set<string>();
  const values: [string, string][] = [];
  const rest: string[] = [];
  for (let nth = 0; nth < args.length; nth++) {
    const argument = args[nth] as string;
    const [, long, inline] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    if (long !== undefined) {
      const [takes, plain] = [LONG[`${long}=`], LONG[long]];
      if (takes !== undefined) values.push([takes, inline ?? args[++nth] ?? '']);
      else if (plain !== undefined) flags.add(plain);
      else return { error: `unrecognized option '--${long}'` };
    } else if (argument.startsWith('-') && argument.length > 1) {
      for (let at = 1; at < argument.length; at++) {
        const letter = argument.charAt(at);
        if (WITH_VALUE.includes(letter)) {
          if (at + 1 >= argument.length && nth + 1 >= args.length) return { error: `option requires an argument -- '${letter}'` };
          values.push([letter, at + 1 < argument.length ? argument.slice(at + 1) : (args[++nth] as string)]);
          break;
        }
        if (!WITHOUT.includes(letter)) return { error: `invalid option -- '${letter}'` };
        flags.add(letter);
      }
    } else rest.push(argument);
  }
  return { flags, values, rest };
}

function urlOf(text: string): { readonly host?: string; readonly port?: string; readonly user?: string; readonly password?: string; readonly database?: string } | null {
  if (/^\w+\s*=/.test(text)) {
    const words = Object.fromEntries(text.trim().split(/\s+/).map((word) => word.split(/=(.*)/s).slice(0, 2) as [string, string]));
    return { ...(words['host'] === undefined ? {} : { host: words['host'] }), ...(words['port'] === undefined ? {} : { port: words['port'] }), ...(words['user'] === undefined ? {} : { user: words['user'] }), ...(words['password'] === undefined ? {} : { password: words['password'] }), ...(words['dbname'] === undefined ? {} : { database: words['dbname'] }) };
  }
  const [whole, user, password, host, port, database] = /^postgres(?:ql)?:\/\/(?:([^:@/]+)(?::([^@/]*))?@)?([^:/?]*)(?::(\d+))?(?:\/([^?]*))?/.exec(text) ?? [];
  if (whole === undefined) return null;
  return { ...(host === undefined || host === '' ? {} : { host }), ...(port === undefined ? {} : { port }), ...(user === undefined ? {} : { user }), ...(password === undefined ? {} : { password }), ...(database === undefined || database === '' ? {} : { database }) };
}
