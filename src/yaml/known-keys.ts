import { z } from 'zod';
import type { Path } from './yaml-source.ts';

interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** The keys that a shape knows at a path, in the order of their declaration. */
export function keysAt(shape: z.ZodType, path: Path): readonly string[] {
  const root = schemaOf(shape);
  let here = opened([root], root);
  for (const step of path) here = opened(here.flatMap((schema) => childrenOf(schema, step)), root);
  return here.flatMap(({ properties }) => Object.keys(properties ?? {}));
}

/** Made once for each shape. */
const made = new WeakMap<z.ZodType, Schema>();

function schemaOf(shape: z.ZodType): Schema {
  const schema = made.get(shape) ?? (z.toJSONSchema(shape, { io: 'input' }) as Schema);
  made.set(shape, schema);
  return schema;
}

function childrenOf(schema: Schema, step: string | number): Schema[] {
  if (typeof step === 'number') return schema.items === undefined ? [] : [schema.items];
  const own = schema.properties?.[step];
  if (own !== undefined) return [own];
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}

/** Follows references and alternatives. */
function opened(schemas: readonly Schema[], root: Schema): Schema[] {
  return schemas.flatMap((schema) => {
    const { $ref, anyOf, allOf } = schema;
    if ($ref !== undefined) {
      const target = $ref === '#' ? root : root.$defs?.[$ref.replace('#/$defs/', '')];
      return target === undefined ? [] : opened([target], root);
    }
    const inner = [...(anyOf ?? []), ...(allOf ?? [])];
    return inner.length > 0 ? [schema, ...opened(inner, root)] : [schema];
  });
}
