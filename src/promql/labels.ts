/** The label that holds a series' metric name. */
export const METRIC_NAME = '__name__';

/** What Prometheus calls a reserved label of metadata: it goes away together with the metric's name. */
const METADATA: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__']);

/** Names and values of one series, ordered by name, none of them empty. Immutable: every change makes another one. */
export class Labels {
  static readonly none = new Labels([]);

  /** Name, value, name, value …, ordered by name. */
  readonly #flat: readonly string[];
  #key: string | null = null;
  #nameless: Labels | null = null;

  private constructor(flat: readonly string[]) {
    this.#flat = flat;
  }

  /** Of names and values in any order. An empty value means that there is no such label. */
  static of(pairs: Iterable<readonly [string, string]>): Labels {
    const values = new Map<string, string>();
    for (const [name, value] of pairs) {
      if (value === '') values.delete(name);
      else values.set(name, value);
    }
    const flat: string[] = [];
    for (const name of [...values.keys()].toSorted(byText)) flat.push(name, values.get(name) as string);
    return flat.length === 0 ? Labels.none : new Labels(flat);
  }

  /** One text for each different set of labels. */
  get key(): string {
    this.#key ??= this.#flat.join('\u0000');
    return this.#key;
  }

  get size(): number {
    return this.#flat.length / 2;
  }

  /** The value of a label; empty where there is none. */
  get(name: string): string {
    const flat = this.#flat;
    for (let at = 0; at < flat.length; at += 2) {
      if (flat[at] === name) return flat[at + 1] as string;
    }
    return '';
  }

  *entries(): Generator<readonly [string, string]> {
    for (let at = 0; at < this.#flat.length; at += 2) yield [this.#flat[at] as string, this.#flat[at + 1] as string];
  }

  /** Only those of these names. */
  only(names: readonly string[]): Labels {
    return this.#where((name) => names.includes(name));
  }

  /** All but those of these names. */
  without(names: readonly string[]): Labels {
    return this.#where((name) => !names.includes(name));
  }

  /** Without the metric's name, type and unit: what is left after most functions. */
  get nameless(): Labels {
    this.#nameless ??= this.#where((name) => !METADATA.has(name));
    return this.#nameless;
  }

  /** With that label set, or without it where the value is empty. */
  with(name: string, value: string): Labels {
    if (this.get(name) === value) return this;
    return Labels.of([...this.entries(), [name, value]]);
  }

  /** As Prometheus writes them in messages: `{__name__="up", job="node"}`. */
  get text(): string {
    return `{${[...this.entries()].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
  }

  #where(keeps: (name: string) => boolean): Labels {
    const flat: string[] = [];
    for (let at = 0; at < this.#flat.length; at += 2) {
      if (keeps(this.#flat[at] as string)) flat.push(this.#flat[at] as string, this.#flat[at + 1] as string);
    }
    if (flat.length === this.#flat.length) return this;
    return flat.length === 0 ? Labels.none : new Labels(flat);
  }
}

/** The order of labels in results: name by name, value by value. */
export function compareLabels(one: Labels, other: Labels): number {
  const left = [...one.entries()];
  const right = [...other.entries()];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [name, value] = left[at] as readonly [string, string];
    const [otherName, otherValue] = right[at] as readonly [string, string];
    const order = byText(name, otherName) || byText(value, otherValue);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

export function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
