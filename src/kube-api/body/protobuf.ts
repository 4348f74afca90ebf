import { formatInstant } from '../../time/sim-time.ts';
import { Reader, WireProblem } from './protobuf-reader.ts';
import WIRE from '../schema/wire.json' with { type: 'json' };

/**
 * A Kubernetes object in its protobuf form as the JSON that means the same: `k8s\0`, then a `runtime.Unknown` with the
 * kind and the message. Field numbers are those of the published `generated.proto` files; zeros that JSON leaves out are
 * dropped. Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding.
 */
export function decodeProtobuf(body: Uint8Array): { readonly value: unknown } | { readonly problem: string } {
  try {
    if (body.length < 4 || MAGIC.some((byte, at) => body[at] !== byte)) return { problem: 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]' };
    const { apiVersion, kind, raw, contentType } = unknown(new Reader(body.subarray(4)));
    if (contentType === 'application/json') return { value: JSON.parse(text(raw)) as unknown };
    const message = messageOf(apiVersion, kind);
    if (message === null) return { problem: `no kind "${kind}" is registered for version "${apiVersion}"` };
    return { value: { kind, apiVersion, ...(decode(new Reader(raw), message, 0) as object) } };
  } catch (error) {
    if (error instanceof WireProblem || error instanceof SyntaxError) return { problem: `unable to decode protobuf: ${error.message}` };
    throw error;
  }
}

const MAGIC = [0x6b, 0x38, 0x73, 0];
const DEEPEST = 100;
const META = 'apimachinery.pkg.apis.meta.v1';

interface Field {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
  readonly keptWhenZero: boolean;
  readonly inline: boolean;
}

const messages = new Map<string, ReadonlyMap<number, Field>>();

function fieldsOf(message: string): ReadonlyMap<number, Field> {
  let fields = messages.get(message);
  if (fields === undefined) {
    const rows = (WIRE as Readonly<Record<string, readonly string[]>>)[message] ?? [];
    fields = new Map(rows.map((row) => {
      const [number, name = '', type = '', flags = ''] = row.split(' ');
      return [Number(number), { name, type, repeated: flags.includes('r'), map: flags.includes('m'), keptWhenZero: flags.includes('k'), inline: flags.includes('i') }];
    }));
    messages.set(message, fields);
  }
  return fields;
}

function messageOf(apiVersion: string, kind: string): string | null {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const names = [`api.${(group ?? '').split('.')[0] ?? ''}.${version ?? ''}.${kind}`, `${META}.${kind}`];
  return names.find((name) => Object.hasOwn(WIRE, name)) ?? null;
}

function unknown(reader: Reader): { apiVersion: string; kind: string; raw: Uint8Array; contentType: string } {
  const found = { apiVersion: '', kind: '', raw: new Uint8Array() as Uint8Array, contentType: '' };
  for (let field = reader.next(); field !== null; field = reader.next()) {
    if (field.number === 1) {
      const meta = new Reader(reader.bytes());
      for (let part = meta.next(); part !== null; part = meta.next()) {
        if (part.number === 1) found.apiVersion = text(meta.bytes());
        else if (part.number === 2) found.kind = text(meta.bytes());
        else meta.skip();
      }
    } else if (field.number === 2) found.raw = reader.bytes();
    else if (field.number === 4) found.contentType = text(reader.bytes());
    else reader.skip();
  }
  return found;
}

/** One message as JSON: an object, or what the special ones stand for; undefined for an empty one of those. */
function decode(reader: Reader, message: string, depth: number): unknown {
  if (depth > DEEPEST) throw new WireProblem('messages nest too deep');
  const special = SPECIAL[message];
  if (special !== undefined) return special(reader, depth);
  const fields = fieldsOf(message);
  const object: Record<string, unknown> = {};
  for (let part = reader.next(); part !== null; part = reader.next()) {
    const field = fields.get(part.number);
    if (field === undefined) reader.skip();
    else if (field.map) {
      const [key, value] = mapEntry(new Reader(reader.bytes()), field, depth);
      const map = (object[field.name] ??= {}) as Record<string, unknown>;
      if (key === '__proto__') throw new WireProblem('the key "__proto__" is not allowed');
      map[key] = value;
    } else {
      const value = valueOf(reader, field, depth);
      if (field.repeated) ((object[field.name] ??= []) as unknown[]).push(value);
      else if (field.inline) Object.assign(object, value);
      else if (field.keptWhenZero ? value !== undefined : !isZero(value)) object[field.name] = value;
    }
  }
  // Lists of words, as of what somebody is known for beside their name, are lists in JSON, too.
  const only = fields.size === 1 ? fields.get(1) : undefined;
  return only?.name === 'items' && only.type === 's' ? (object['items'] ?? []) : object;
}

function mapEntry(reader: Reader, field: Field, depth: number): [key: string, value: unknown] {
  let key = '';
  let value: unknown = field.type === 's' || field.type === 'y' ? '' : undefined;
  for (let part = reader.next(); part !== null; part = reader.next()) {
    if (part.number === 1) key = text(reader.bytes());
    else if (part.number === 2) value = valueOf(reader, field, depth);
    else reader.skip();
  }
  return [key, value];
}

function valueOf(reader: Reader, { type }: Field, depth: number): unknown {
  switch (type) {
    case 's':
      return text(reader.bytes());
    case 'b':
      return reader.integer() !== 0;
    case 'i':
      return reader.integer();
    case 'd':
      return reader.double();
    case 'y':
      return base64(reader.bytes());
    default:
      return decode(new Reader(reader.bytes()), type, depth + 1);
  }
}

function isZero(value: unknown): boolean {
  return value === undefined || value === '' || value === 0 || value === false || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

/** Messages that JSON writes as something plainer. */
const SPECIAL: Readonly<Record<string, ((reader: Reader, depth: number) => unknown) | undefined>> = {
  'apimachinery.pkg.api.resource.Quantity': (reader) => plain(reader)[1] ?? '0',
  'apimachinery.pkg.util.intstr.IntOrString': (reader) => {
    const { 1: type = 0, 2: number = 0, 3: said = '' } = plain(reader);
    return type === 0 ? number : said;
  },
  [`${META}.Time`]: (reader) => instant(plain(reader), false),
  [`${META}.MicroTime`]: (reader) => instant(plain(reader), true),
  [`${META}.Duration`]: (reader) => `${Number(plain(reader)[1] ?? 0) / 1e9}s`,
  [`${META}.FieldsV1`]: embedded,
  'apimachinery.pkg.runtime.RawExtension': embedded,
  'api.apiextensions.v1.JSON': embedded,
  'api.apiextensions.v1.JSONSchemaPropsOrArray': (reader, depth) => eitherOf(reader, depth, { 1: SCHEMA_PROPS, 2: `${SCHEMA_PROPS}[]` }),
  'api.apiextensions.v1.JSONSchemaPropsOrBool': (reader, depth) => eitherOf(reader, depth, { 1: 'b', 2: SCHEMA_PROPS }),
  'api.apiextensions.v1.JSONSchemaPropsOrStringArray': (reader, depth) => eitherOf(reader, depth, { 1: SCHEMA_PROPS, 2: 's[]' }),
};

const SCHEMA_PROPS = 'api.apiextensions.v1.JSONSchemaProps';

/** A message of which one field is set, which JSON writes alone. `types` by the number of the field. */
function eitherOf(reader: Reader, depth: number, types: Readonly<Record<number, string>>): unknown {
  let found: unknown;
  for (let part = reader.next(); part !== null; part = reader.next()) {
    const type = types[part.number];
    if (type === undefined) reader.skip();
    else {
      const repeated = type.endsWith('[]');
      const value = valueOf(reader, { name: '', type: repeated ? type.slice(0, -2) : type, repeated, map: false, keptWhenZero: true, inline: false }, depth);
      if (repeated) found = [...(Array.isArray(found) ? (found as unknown[]) : []), value];
      else if (type !== 'b' || found === undefined) found = value;
    }
  }
  return found;
}

/** Numbers and texts by the number of their field. */
function plain(reader: Reader): Record<number, number | string> {
  const found: Record<number, number | string> = {};
  for (let part = reader.next(); part !== null; part = reader.next()) {
    if (part.wire === 0) found[part.number] = reader.integer();
    else if (part.wire === 2) found[part.number] = text(reader.bytes());
    else reader.skip();
  }
  return found;
}

function instant({ 1: seconds, 2: nanos }: Record<number, number | string>, micro: boolean): string | undefined {
  if (typeof seconds !== 'number' || seconds < -62_000_000_000 || seconds > 253_000_000_000) return undefined;
  const fraction = micro ? `.${String(Math.floor(Number(nanos ?? 0) / 1000)).padStart(6, '0')}` : '';
  return formatInstant(seconds * 1000).replace('Z', `${fraction}Z`);
}

function embedded(reader: Reader): unknown {
  for (let part = reader.next(); part !== null; part = reader.next()) {
    if (part.number === 1 && part.wire === 2) return JSON.parse(text(reader.bytes())) as unknown;
    reader.skip();
  }
  return undefined;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function base64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
