import type { AuthoredScenario } from '../shape/scenario-shape.ts';
import type { AuthoredAction, AuthoredActions, AuthoredCondition, AuthoredStage, AuthoredTransitions } from '../shape/stages-shape.ts';
import type { Path } from '../../yaml/yaml-source.ts';

/** Everything in a scenario of one sort, each with its path in the file. */

export interface StageAt {
  readonly stage: AuthoredStage;
  /** Names from the top; [] for the whole. */
  readonly path: readonly string[];
  readonly at: Path;
}

export interface TransitionAt {
  readonly from: StageAt;
  readonly key: 'on' | 'after' | 'always' | 'onDone';
  readonly target: string | undefined;
  readonly guard: AuthoredCondition | undefined;
  readonly actions: AuthoredActions | undefined;
  readonly at: Path;
  readonly targetAt: Path;
}

/** Parents before children. */
export function stagesIn(scenario: AuthoredScenario): readonly StageAt[] {
  return stagesBelow({ stage: scenario.stages, path: [], at: ['stages'] });
}

function stagesBelow(stage: StageAt): StageAt[] {
  const children = Object.entries(stage.stage.states ?? {});
  return [stage, ...children.flatMap(([name, child]) => stagesBelow({ stage: child, path: [...stage.path, name], at: [...stage.at, 'states', name] }))];
}

export function transitionsIn(from: StageAt): readonly TransitionAt[] {
  const { stage, at } = from;
  return [
    ...Object.entries(stage.on ?? {}).flatMap(([event, written]) => read(written, from, 'on', [...at, 'on', event])),
    ...Object.entries(stage.after ?? {}).flatMap(([delay, written]) => read(written, from, 'after', [...at, 'after', delay])),
    ...(stage.always === undefined ? [] : read(stage.always, from, 'always', [...at, 'always'])),
    ...(stage.onDone === undefined ? [] : read(stage.onDone, from, 'onDone', [...at, 'onDone'])),
  ];
}

function read(written: AuthoredTransitions, from: StageAt, key: TransitionAt['key'], at: Path): TransitionAt[] {
  if (Array.isArray(written)) return written.flatMap((each, nth) => read(each, from, key, [...at, nth]));
  if (typeof written === 'string') return [{ from, key, target: written, guard: undefined, actions: undefined, at, targetAt: at }];
  const { target, guard, actions } = written;
  return [{ from, key, target, guard, actions, at, targetAt: [...at, 'target'] }];
}

export function actionsIn(scenario: AuthoredScenario): readonly { readonly action: AuthoredAction; readonly at: Path }[] {
  const stages = stagesIn(scenario);
  return [
    ...stages.flatMap(({ stage, at }) => actionList(stage.entry, [...at, 'entry'])),
    ...stages.flatMap(({ stage, at }) => actionList(stage.exit, [...at, 'exit'])),
    ...stages.flatMap(transitionsIn).flatMap(({ actions, at }) => actionList(actions, [...at, 'actions'])),
  ];
}

function actionList(actions: AuthoredActions | undefined, at: Path): readonly { readonly action: AuthoredAction; readonly at: Path }[] {
  if (actions === undefined) return [];
  return Array.isArray(actions) ? Array.from(actions, (action, nth) => ({ action, at: at.concat(nth) })) : [{ action: actions, at }];
}

/** Every CEL expression: guards, verdicts, and the `unless` of injects and hints. */
export function expressionsIn(scenario: AuthoredScenario): readonly { readonly expression: string; readonly at: Path }[] {
  const guards = stagesIn(scenario).flatMap(transitionsIn).flatMap(({ guard, at }) => (guard === undefined ? [] : [expressionOf(guard, [...at, 'guard'])]));
  const verdicts = (['mitigated', 'resolved', 'never'] as const).flatMap((key) => scenario.verdict[key].map((condition, nth) => expressionOf(condition, ['verdict', key, nth])));
  const unless = (['injects', 'hints'] as const).flatMap((key) =>
    scenario[key].flatMap((each, nth) => (each.unless === undefined ? [] : [{ expression: each.unless, at: [key, nth, 'unless'] }])),
  );
  return [...guards, ...verdicts, ...unless];
}

function expressionOf(condition: AuthoredCondition, at: Path): { readonly expression: string; readonly at: Path } {
  return typeof condition === 'string' ? { expression: condition, at } : { expression: condition.if, at: [...at, 'if'] };
}
