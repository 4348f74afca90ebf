import { z } from 'zod';
import { duration, expression, line, moment, word } from './atoms.ts';

/** The shape of `stages` and of what stages do, in XState's vocabulary, as its author writes it. */

export const condition = z
  .union([expression, z.strictObject({ if: expression, for: duration.default('0s').describe('It must have held so long without a break.') })], {
    error: 'must be a CEL expression, or {if: expression, for: 60s}',
  })
  .describe('A CEL expression, or {if: expression, for: 60s} where it must have held so long.');

export const change = z.strictObject({
  at: moment.optional().describe('When it happened, such as `-3h`. Inside an action it is left out: now.'),
  who: line.describe('Who did it, as the change log shows it.'),
  what: line.describe('`deployment/NAME TAG to TAG`, `deployment/NAME N to N replicas`, `configmap/NAME KEY VALUE to VALUE`; one of these behind `plan `, which says what would be done; or any other words, which do nothing.'),
  cause: z.boolean().default(false).describe('This change is what the incident comes from. For the debrief; players are not told.'),
});

const action = z
  .strictObject({
    begin: word.optional().describe('Begins a fault.'),
    end: word.optional().describe('Ends a fault.'),
    page: word.optional().describe('Sends a page.'),
    say: line.optional().describe('The exercise itself says this in the incident room.'),
    change: change.optional().describe('Makes a change to the cluster now.'),
    inject: word.optional().describe('Says an inject.'),
    complication: word.optional().describe('Begins a fault that makes it harder.'),
  })
  .refine((value) => Object.keys(value).length === 1, 'must be one action: begin, end, page, say, change, inject or complication')
  .meta({ id: 'action', minProperties: 1, maxProperties: 1 });

const actions = z.union([action, z.array(action)], { error: 'must be an action such as {begin: FAULT}, or a list of them' });

const target = z
  .string()
  .regex(/^[.#]?[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z][A-Za-z0-9_-]*)*$/, 'is no name of a stage')
  .describe('A stage: a sibling\'s name, `.child`, or `#path.from.the.top`.');

const transition = z.strictObject({
  target: target.optional(),
  guard: condition.optional().describe('Only if this holds.'),
  actions: actions.optional(),
  reenter: z.boolean().default(false).describe('Leaves and enters the stage again where the target is the stage itself.'),
});

const transitions = z
  .union([target, transition, z.array(z.union([target, transition], { error: 'must be the name of a stage, or {target, guard, actions}' }))], {
    error: 'must be the name of a stage, {target, guard, actions}, or a list of them',
  })
  .meta({ id: 'transitions', description: 'Where to go: the name of a stage, {target, guard, actions}, or a list of which the first that may is taken.' });

export type AuthoredStage = {
  type?: 'atomic' | 'compound' | 'parallel' | 'final' | 'history' | undefined;
  history?: 'shallow' | 'deep' | undefined;
  target?: string | undefined;
  initial?: string | undefined;
  states?: Record<string, AuthoredStage> | undefined;
  entry?: z.output<typeof actions> | undefined;
  exit?: z.output<typeof actions> | undefined;
  on?: Record<string, z.output<typeof transitions>> | undefined;
  after?: Record<string, z.output<typeof transitions>> | undefined;
  always?: z.output<typeof transitions> | undefined;
  onDone?: z.output<typeof transitions> | undefined;
  description?: string | undefined;
};

export const stageShape: z.ZodType<AuthoredStage> = z
  .strictObject({
    type: z.enum(['atomic', 'compound', 'parallel', 'final', 'history']).optional().describe('Left out: compound where it has states, else atomic.'),
    history: z.enum(['shallow', 'deep']).optional().describe('How much a stage of type history remembers.'),
    target: target.optional().describe('Where a stage of type history goes when there is nothing to remember.'),
    initial: word.optional().describe('The stage to begin in.'),
    states: z.record(word, z.lazy(() => stageShape)).optional(),
    entry: actions.optional().describe('Done on entering.'),
    exit: actions.optional().describe('Done on leaving.'),
    on: z.record(z.string(), transitions).optional().describe('By event: ACKNOWLEDGED, CLAIMED, MITIGATED, RESOLVED, UPDATED, HELP.'),
    after: z.record(z.string(), transitions).optional().describe('By delay since entering: {10m: timebox}.'),
    always: transitions.optional().describe('As soon as the guard holds.'),
    onDone: transitions.optional().describe('When the stages inside have come to a final one.'),
    description: z.string().optional(),
  })
  .meta({ id: 'stage', description: 'A stage of the drill, in XState\'s vocabulary.' });

export type AuthoredCondition = z.output<typeof condition>;
export type AuthoredChange = z.output<typeof change>;
export type AuthoredAction = z.output<typeof action>;
export type AuthoredActions = z.output<typeof actions>;
export type AuthoredTransitions = z.output<typeof transitions>;
