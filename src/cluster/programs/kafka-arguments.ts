/** The arguments of Kafka's scripts: `--name value…`, `--name=value`, and properties `key=value` behind some of them. */
export interface Arguments {
  has(name: string): boolean;
  /** The first value of an argument; with `key`, that of the property of that name among its values. */
  value(name: string, key?: string): string | undefined;
  /** Whether `--property KEY=true` is among them. */
  property(key: string): boolean;
}

export function argumentsOf(words: readonly string[]): Arguments {
  const found = new Map<string, string[]>();
  let last: string[] | null = null;
  for (const word of words) {
    const [, name, inline] = /^--([a-z][a-z-]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name !== undefined) {
      last = found.get(name) ?? [];
      found.set(name, last);
      if (inline !== undefined) last.push(inline);
    } else last?.push(word);
  }
  return {
    has: (name) => found.has(name),
    value: (name, key) => {
      const values = found.get(name);
      return key === undefined ? values?.[0] : values?.flatMap((value) => value.split(/\s+/)).find((value) => value.startsWith(`${key}=`))?.slice(key.length + 1);
    },
    property: (key) => found.get('property')?.includes(`${key}=true`) === true,
  };
}

/** Arguments that are whole numbers, by how their script says so: those of Java's `joptsimple`, and of its `argparse4j`. */
const WHOLE = ['max-messages', 'partition', 'partitions', 'to-offset', 'shift-by', 'timeout-ms', 'replication-factor'];
const WHOLE_OF_PRODUCERS = ['num-records', 'throughput', 'record-size'];

/** What a script says of the first of its arguments that should be a number and is none; null where all are. */
export function wrongNumber(args: Arguments): string | null {
  const isWrong = (name: string): boolean => args.value(name) !== undefined && !/^[+-]?\d{1,15}$/.test(args.value(name) ?? '');
  const name = WHOLE.find(isWrong);
  if (name !== undefined) return `Cannot parse argument '${args.value(name) ?? ''}' of option ${name}`;
  const option = WHOLE_OF_PRODUCERS.find(isWrong);
  if (option !== undefined) return `producer-performance: error: argument --${option}: could not convert '${args.value(option) ?? ''}' to ${option === 'num-records' ? 'Long' : 'Integer (32 bits)'}`;
  return Number(args.value('record-size') ?? 1) > 0 ? null : 'Exception in thread "main" java.lang.IllegalArgumentException: --record-size should be greater than zero.';
}
