import type { SwaggerDocument, SwaggerOperation, SwaggerSchema } from './openapi-v2.ts';

/**
 * An OpenAPI v2 document as gnostic's message `openapi.v2.Document`, which older kubectls ask for. Numbers of fields are
 * those of https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto.
 */
export function swaggerBytes({ swagger, info, paths, definitions }: SwaggerDocument): Uint8Array {
  const document = new Message().text(1, swagger).message(2, new Message().text(1, info.title).text(2, info.version));
  const all = new Message();
  for (const [path, operations] of Object.entries(paths)) {
    const item = new Message();
    for (const [verb, operation] of Object.entries(operations)) item.message(VERBS[verb] as number, operationMessage(operation));
    all.message(2, named(path, item));
  }
  const schemas = new Message();
  for (const [name, schema] of Object.entries(definitions)) schemas.message(1, named(name, schemaMessage(schema)));
  return document.message(8, all).message(9, schemas).bytes();
}

const VERBS: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function operationMessage({ parameters = [], ...rest }: SwaggerOperation): Message {
  const message = new Message();
  for (const { name, type } of parameters) {
    const query = new Message().text(2, 'query').text(4, name).text(6, type);
    message.message(8, new Message().message(1, new Message().message(2, new Message().message(3, query))));
  }
  return extended(message, 13, rest);
}

function schemaMessage(schema: SwaggerSchema): Message {
  const { $ref, format, description, type, items, properties, additionalProperties, required = [] } = schema;
  const message = new Message();
  if ($ref !== undefined) message.text(1, $ref);
  if (format !== undefined) message.text(2, format);
  if (description !== undefined) message.text(4, description);
  for (const name of required) message.text(19, name);
  if (additionalProperties !== undefined) message.message(21, new Message().message(1, schemaMessage(additionalProperties)));
  if (type !== undefined) message.message(22, new Message().text(1, type));
  if (items !== undefined) message.message(23, new Message().message(1, schemaMessage(items)));
  if (properties !== undefined) {
    const fields = new Message();
    for (const [name, property] of Object.entries(properties)) fields.message(1, named(name, schemaMessage(property)));
    message.message(25, fields);
  }
  return extended(message, 31, schema);
}

/** Extensions go as YAML, of which JSON is one way of writing. */
function extended(message: Message, field: number, of: object): Message {
  for (const [key, value] of Object.entries(of)) {
    if (key.startsWith('x-')) message.message(field, named(key, new Message().text(2, `${JSON.stringify(value)}\n`)));
  }
  return message;
}

function named(name: string, value: Message): Message {
  return new Message().text(1, name).message(2, value);
}

/** A message that is being written: https://protobuf.dev/programming-guides/encoding/. Every field here is of the kind that says its length. */
class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  text(field: number, text: string): this {
    return this.#add(field, UTF_8.encode(text));
  }

  message(field: number, message: Message): this {
    return this.#add(field, message.bytes());
  }

  bytes(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #add(field: number, bytes: Uint8Array): this {
    const head = Uint8Array.from([...varint(field * 8 + 2), ...varint(bytes.length)]);
    this.#parts.push(head, bytes);
    this.#length += head.length + bytes.length;
    return this;
  }
}

const UTF_8 = new TextEncoder();

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}
