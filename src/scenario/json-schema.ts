import { z } from 'zod';
import { scenarioShape } from './shape/scenario-shape.ts';
import { trafficShape } from './shape/traffic-shape.ts';

/** The JSON Schemas that editors check scenario files against while they are written, by their file names in `scenarios/`. */
export function jsonSchemas(): Readonly<Record<'scenario.schema.json' | 'traffic.schema.json', string>> {
  return { 'scenario.schema.json': schemaText(scenarioShape, 'A gameday scenario'), 'traffic.schema.json': schemaText(trafficShape, 'The traffic of a gameday cluster') };
}

function schemaText(shape: z.ZodType, title: string): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(shape, { io: 'input' }) }, null, 2)}\n`;
}
