import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jsonSchemas } from '../../src/scenario/json-schema.ts';

/** `WRITE=1` writes the schemas anew after the shapes have changed. */
test('the schemas that editors use say what the reader takes', () => {
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    if (process.env['WRITE'] === '1') writeFileSync(`scenarios/${name}`, schema);
    expect(readFileSync(`scenarios/${name}`, 'utf8')).toBe(schema);
  }
});

test('editors can show help for every key of a scenario and of the traffic', () => {
  const keys: string[] = [];
  for (const [name, text] of Object.entries(jsonSchemas())) bare(JSON.parse(text), name, keys);
  expect(keys).toEqual([]);
});

/** Keys whose schema has neither a description nor a name that says it all. */
function bare(schema: unknown, at: string, found: string[]): void {
  if (typeof schema !== 'object' || schema === null) return;
  if ('properties' in schema && typeof schema.properties === 'object' && schema.properties !== null) {
    for (const [key, value] of Object.entries(schema.properties)) {
      if (value !== true && !('description' in (value as object)) && !('$ref' in (value as object)) && !PLAIN.has(key)) found.push(`${at}.${key}`);
    }
  }
  for (const [key, value] of Object.entries(schema)) bare(value, `${at}.${key}`, found);
}

const PLAIN: ReadonlySet<string> = new Set([
  'title', 'kind', 'text', 'from', 'id', 'level', 'severity', 'metric', 'name', 'description', 'actions', 'slo', 'faults', 'pages', 'states', 'factor', 'requests',
]);
