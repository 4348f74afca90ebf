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
