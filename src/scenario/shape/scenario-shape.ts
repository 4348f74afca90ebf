import { z } from 'zod';
import { duration, expression, line, share, word } from './atoms.ts';
import { faultShape } from './fault-shape.ts';
import { change, condition, stageShape } from './stages-shape.ts';

/** The shape of a scenario file, as its author writes it. What its words refer to is checked by the rules. */

const page = z.strictObject({
  to: z.literal('pair', { error: 'must be `pair`: both are paged at the same moment' }).default('pair').describe('Both on call, at the same moment.'),
  severity: z.enum(['SEV-1', 'SEV-2', 'SEV-3', 'SEV-4']),
  text: line.describe('What the page says: the symptom with its numbers, never the cause.'),
});

const inject = z.strictObject({
  id: word,
  after: z
    .union([duration, z.strictObject({ state: z.string().describe('A stage.'), by: duration })], { error: 'must be a duration, or {state: STAGE, by: 10m}' })
    .describe('When: so long after the start, or {state: STAGE, by: 10m}, so long after a stage was entered.'),
  unless: expression.optional().describe('Not said if this holds then.'),
  from: line,
  text: line,
});

const hint = z.strictObject({
  after: duration.describe('So long after the first page.'),
  unless: expression.optional().describe('Not given if this holds then.'),
  text: line,
});

const conditions = z.array(condition).default([]);

export const scenarioShape = z
  .strictObject({
    gameday: z.literal(1, { error: 'must be 1, the version of this format' }).describe('The version of this format: 1.'),
    title: line.max(80, 'is longer than 80 characters'),
    kind: z.enum(['kata', 'dojo']).default('dojo').describe('kata: one skill, up to 10 minutes. dojo: longer.'),
    timebox: duration.describe('When the drill ends at the latest.'),
    starts: z
      .string()
      .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, 'is no instant: write one such as 2026-02-10T03:08:00Z')
      .default('2026-02-10T03:08:00Z')
      .describe('When the drill pretends to start, in UTC.'),
    synopsis: line.describe('Read aloud to the players.'),
    secret: line.describe('What really happens. For the dungeon master only.'),
    sources: z.array(line).default([]).describe('Where the story comes from.'),
    skills: z.record(word, z.number().min(0).max(5)).default({}).describe('How much of each skill it asks, 0 to 5.'),
    cluster: z.string().describe('The folder of the sandbox cluster, such as clusters/webshop.'),
    noise: z.enum(['none', 'some', 'much']).optional().describe('How much else goes on, whatever the cluster says: `none` for a first drill, `much` for people who have seen a few.'),
    slo: z.strictObject({
      service: z.string().describe('The Service that is measured: `NAME` or `NAMESPACE/NAME`.'),
      objective: share.describe('The share of good answers that is promised, such as 99.5%.'),
      latency: duration.describe('A slower answer is a bad one.'),
      window: duration.default('30d').describe('The window of the error budget.'),
    }),
    changes: z.array(change).default([]).describe('What the change log shows, and what really happened to the cluster.'),
    faults: z.record(word, faultShape).default({}),
    pages: z.record(word, page).default({}),
    stages: stageShape,
    injects: z.array(inject).default([]).describe('What people outside of the room say.'),
    hints: z.array(hint).default([]).describe('Help that comes by itself, unless it is not needed any more.'),
    verdict: z
      .strictObject({
        mitigated: conditions.describe('All must hold: the service is back.'),
        resolved: conditions.describe('All must hold: the cause is gone or handed over.'),
        never: conditions.describe('None may ever hold from the first page on. That users are served on every route, by the programs that are meant to, is asked of every verdict anyway.'),
        keeps: z.array(word).default([]).describe('Features that must be on at the end: the `env` of a `when` step. A feature that is switched off is no fix.'),
      })
      .describe('What "fixed" means.'),
    diagnosis: z.array(line).default([]).describe('A right hypothesis holds at least one of these words.'),
    decoys: z.array(line).default([]).describe('What looks like the cause and is not.'),
    solutions: z.record(word, z.array(line).min(1, 'holds no command')).default({}).describe('Command lines by the name of the responder: golden, john.'),
  })
  .describe('A scenario of gameday.');

export type AuthoredScenario = z.output<typeof scenarioShape>;
