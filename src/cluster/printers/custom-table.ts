import type { CustomObject } from '../custom-kind.ts';
import type { CustomVersion, PrinterColumn } from '../extensions/custom-resource.ts';
import { valuesAt } from '../extensions/json-path.ts';
import { age } from './age.ts';

/** The heads of a custom kind's table: its name, then the columns of its definition. */
export function customColumns({ columns }: CustomVersion): object[] {
  return [
    { name: 'Name', type: 'string', format: 'name', description: NAME_DESCRIPTION, priority: 0 },
    ...columns.map(({ name, type, format = '', description, priority = 0, jsonPath }) => ({ name, type, format, description: description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`, priority })),
  ];
}

/** Cells in the order of the heads; null where an object has no such value. */
export function customCells(object: CustomObject, { columns }: CustomVersion, nowUnixMs: number): unknown[] {
  return [object.metadata.name, ...columns.map((column) => cellOf(object, column, nowUnixMs))];
}

function cellOf(object: CustomObject, { type, jsonPath }: PrinterColumn, nowUnixMs: number): unknown {
  const values = valuesAt(object, jsonPath);
  const [value] = values;
  if (value === undefined) return null;
  switch (type) {
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      if (typeof value !== 'string') return null;
      return Number.isNaN(Date.parse(value)) ? '<invalid>' : age(value, nowUnixMs);
    default:
      return values.length === 1 ? textOf(value) : values.map(textOf).join(',');
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const NAME_DESCRIPTION = 'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names';
