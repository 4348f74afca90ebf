import WIRE from '../../src/kube-api/schema/wire.json' with { type: 'json' };

/** An object as client-go sends it in protobuf: `k8s\0` and a `runtime.Unknown`. Written against the published field numbers. */
export function toProtobuf(object: { readonly apiVersion: string; readonly kind: string }, message: string): Uint8Array {
  const { apiVersion, kind, ...fields } = object;
  const meta = [...bytesField(1, utf8(apiVersion)), ...bytesField(2, utf8(kind))];
  return new Uint8Array([0x6b, 0x38, 0x73, 0, ...bytesField(1, meta), ...bytesField(2, encode(fields, message))]);
}

type Row = readonly [number: number, name: string, type: string, flags: string];

function rowsOf(message: string): readonly Row[] {
  return ((WIRE as Readonly<Record<string, readonly string[]>>)[message] ?? []).map((row): Row => {
    const [number = '', name = '', type = '', flags = ''] = row.split(' ');
    return [Number(number), name, type, flags];
  });
}

function encode(value: unknown, message: string): number[] {
  if (message.endsWith('.Quantity')) return bytesField(1, utf8(String(value)));
  if (message.endsWith('.IntOrString')) return typeof value === 'number' ? [...intField(1, 0), ...intField(2, value), ...bytesField(3, [])] : [...intField(1, 1), ...intField(2, 0), ...bytesField(3, utf8(String(value)))];
  if (/\.(?:Micro)?Time$/.test(message)) return [...intField(1, Math.floor(Date.parse(String(value)) / 1000)), ...intField(2, 0)];
  if (/\.(?:apiextensions\.v1\.JSON|RawExtension|FieldsV1)$/.test(message)) return bytesField(1, utf8(JSON.stringify(value)));
  const either = /JSONSchemaPropsOr(?:(Array)|(Bool)|StringArray)$/.exec(message);
  if (either !== null) {
    if (typeof value === 'boolean') return intField(1, value ? 1 : 0);
    if (Array.isArray(value)) return value.flatMap((one) => field(2, one, either[1] === undefined ? 's' : SCHEMA));
    return either[2] === undefined ? field(1, value, SCHEMA) : [...intField(1, 1), ...field(2, value, SCHEMA)];
  }
  const object = value as Readonly<Record<string, unknown>>;
  return rowsOf(message).flatMap(([number, name, type, flags]) => {
    if (flags.includes('i')) return bytesField(number, encode(object, type));
    const one = object[name];
    if (one === undefined || one === null) return zero(number, type, flags);
    if (flags.includes('m')) return Object.entries(one).flatMap(([key, item]: [string, unknown]) => bytesField(number, [...bytesField(1, utf8(key)), ...field(2, item, type)]));
    return flags.includes('r') ? (one as unknown[]).flatMap((item) => field(number, item, type)) : field(number, one, type);
  });
}

const SCHEMA = 'api.apiextensions.v1.JSONSchemaProps';

/** Go writes plain fields even where they are zero, and pointers only where they are set. */
function zero(number: number, type: string, flags: string): number[] {
  if (flags !== '') return [];
  if (type === 's') return bytesField(number, []);
  return type === 'i' || type === 'b' ? intField(number, 0) : [];
}

function field(number: number, value: unknown, type: string): number[] {
  switch (type) {
    case 's':
      return bytesField(number, utf8(String(value)));
    case 'y':
      return bytesField(number, [...Buffer.from(String(value), 'base64')]);
    case 'i':
      return intField(number, Number(value));
    case 'b':
      return intField(number, value === true ? 1 : 0);
    case 'd':
      return [...varint(BigInt(number * 8 + 1)), ...new Uint8Array(new Float64Array([Number(value)]).buffer)];
    default:
      return bytesField(number, encode(value, type));
  }
}

function bytesField(number: number, bytes: readonly number[]): number[] {
  return [...varint(BigInt(number * 8 + 2)), ...varint(BigInt(bytes.length)), ...bytes];
}

function intField(number: number, value: number): number[] {
  return [...varint(BigInt(number * 8)), ...varint(BigInt.asUintN(64, BigInt(value)))];
}

function varint(value: bigint): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

function utf8(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}
