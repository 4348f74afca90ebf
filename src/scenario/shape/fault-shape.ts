import { z } from 'zod';
import { FAULTS } from '../../cluster/faults/catalogue.ts';
import type { FaultKind, FaultSetting } from '../../cluster/faults/fault.ts';
import { TARGETS } from '../fault-targets.ts';

/** A fault of a scenario. Its rules judge target and settings with their places; editors are told what each kind takes. */
export const faultShape = z
  .looseObject({
    kind: z.string().meta({ enum: [...FAULTS.keys()] }).describe('A fault of the catalogue; `gameday faults` explains each.'),
    target: z.string().describe('What it strikes: `external/NAME`, a Service such as `payments` or `payments.shop`, a lock such as `postgres/orders`, a workload such as `deployment/catalog`, an object of the kind that the fault is for, a node, a zone, or `cluster`.'),
  })
  .meta({ allOf: [...FAULTS.values()].map(ofKind) })
  .describe('Something that goes wrong in the cluster; further keys are the settings of its kind.');

/** What a kind takes, in JSON Schema. */
function ofKind({ word, summary, target, settings }: FaultKind): object {
  const required = Object.entries(settings).flatMap(([name, setting]) => (setting.required ? [name] : []));
  const properties = Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, { ...valueOf(setting), description: setting.summary }]));
  const shape = { description: summary, properties: { kind: true, target: { description: `Of one of the ${TARGETS[target].words}.` }, ...properties }, additionalProperties: false, ...(required.length === 0 ? {} : { required }) };
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own word
  return Object.fromEntries([['if', { properties: { kind: { const: word } }, required: ['kind'] }], ['then', shape]]);
}

function valueOf({ type, oneOf }: FaultSetting): object {
  switch (type) {
    case 'duration': return { type: 'string', pattern: '^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$' };
    case 'share': return { anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { type: 'string', pattern: '^(?:100(?:\\.0+)?|\\d{1,2}(?:\\.\\d+)?)%$' }] };
    case 'factor': return { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1_000_000 };
    case 'number': return { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1_000_000_000_000 };
    case 'count': return { type: 'integer', minimum: 0, exclusiveMaximum: 1_000_000 };
    case 'text': return { type: 'string', maxLength: 2_000, ...(oneOf === undefined ? {} : { enum: oneOf }) };
    case 'switch': return { type: 'boolean' };
  }
}
