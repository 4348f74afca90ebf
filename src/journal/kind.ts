import { compareTexts } from '../time/text-order.ts';

/**
 * What a field of a timeline may hold, and the one way to write it: the same value always gives the same JSON text.
 * The journal's shapes (`shapes.ts`) are tables of kinds that the compiler holds against the timeline's types.
 */
export interface Kind<Value> {
  /** For messages: "a text". */
  readonly what: string;
  /** Whether a value out of `JSON.parse` is one of this kind, with nothing missing and nothing more. */
  readonly holds: (value: unknown) => value is Value;
  /** Canonical JSON of a value that {@link Kind.holds}. */
  readonly write: (value: Value) => string;
}

/** A kind for every field of a record, in the order in which they are written. */
export type Shape<Fields> = { readonly [Name in keyof Fields]-?: Kind<Fields[Name]> };

export const text: Kind<string> = {
  what: 'a text',
  holds: (value) => typeof value === 'string',
  write: quote,
};

export const truth: Kind<boolean> = {
  what: 'true or false',
  holds: (value) => typeof value === 'boolean',
  write: String,
};

/** Any number that JSON can hold. */
export const amount: Kind<number> = {
  what: 'a number',
  holds: (value): value is number => Number.isFinite(value),
  write: String, // JSON's own text; minus zero becomes 0
};

export const whole: Kind<number> = {
  what: 'a whole number',
  holds: (value): value is number => Number.isSafeInteger(value),
  write: String,
};

export function exactly<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return {
    what: words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`,
    holds: (value): value is Word => (words as readonly unknown[]).includes(value),
    write: quote,
  };
}

export function orNull<Value>(kind: Kind<Value>): Kind<Value | null> {
  return {
    what: `${kind.what} or null`,
    holds: (value) => value === null || kind.holds(value),
    write: (value) => (value === null ? 'null' : kind.write(value)),
  };
}

export function listOf<Value>(kind: Kind<Value>): Kind<readonly Value[]> {
  return {
    what: `a list, each ${kind.what}`,
    holds: (value): value is readonly Value[] => Array.isArray(value) && value.every(kind.holds),
    write: (values) => {
      let json = '[';
      for (let at = 0; at < values.length; at++) json += (at === 0 ? '' : ',') + kind.write(values[at] as Value);
      return `${json}]`;
    },
  };
}

/** Texts by name, written in the order of their names' code units. */
export const textsByName: Kind<Readonly<Record<string, string>>> = {
  what: 'texts by name',
  holds: (value): value is Readonly<Record<string, string>> =>
    isObject(value) && !Object.hasOwn(value, '__proto__') && Object.values(value).every(text.holds),
  write: (texts) => {
    const names = Object.keys(texts).sort(compareTexts);
    return `{${names.map((name) => `${quote(name)}:${quote(texts[name] as string)}`).join(',')}}`;
  },
};

/** An object with exactly these fields. */
export function record<Fields extends object>(shape: Shape<Fields>): Kind<Fields> {
  const fields = fieldsOf(shape);
  return {
    what: `an object of ${fields.map((field) => field.name).join(', ')}`,
    holds: (value): value is Fields =>
      isObject(value) && Object.keys(value).length === fields.length && wrongField(fields, value) === null,
    write: (value) => `{${writeFields(fields, value).slice(1)}}`,
  };
}

export interface Field {
  readonly name: string;
  readonly kind: Kind<unknown>;
}

/** The fields of a shape, in the order in which they are written. */
export function fieldsOf<Fields>(shape: Shape<Fields>): readonly Field[] {
  return Object.entries<unknown>(shape).map(([name, kind]) => ({ name, kind: kind as Kind<unknown> }));
}

/** `,"name":value` for each field. */
export function writeFields(fields: readonly Field[], from: object): string {
  let json = '';
  for (const { name, kind } of fields) json += `,"${name}":${kind.write((from as Record<string, unknown>)[name])}`;
  return json;
}

/** The first field that an object lacks or that holds something else than it should, or null. */
export function wrongField(fields: readonly Field[], from: object): Field | null {
  for (const field of fields) {
    if (!Object.hasOwn(from, field.name) || !field.kind.holds((from as Record<string, unknown>)[field.name])) return field;
  }
  return null;
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * JSON of a text. Lone surrogates and control characters are escaped, and so is everything that a terminal might obey
 * or hide (DEL, C1, zero-width and bidirectional marks): a timeline can be looked at with `cat`.
 */
export function quote(unquoted: string): string {
  for (let at = 0; at < unquoted.length; at++) {
    const unit = unquoted.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e || unit === QUOTE || unit === BACKSLASH) {
      return JSON.stringify(unquoted).replace(UNSEEN, escapeUnit);
    }
  }
  return `"${unquoted}"`;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const UNSEEN = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
