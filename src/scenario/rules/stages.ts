import { absoluteTarget, typeOfStage } from '../build/stages.ts';
import { quoted } from '../../yaml/complaint.ts';
import { didYouMean } from '../../yaml/did-you-mean.ts';
import { stagePaths } from '../machine-config.ts';
import { STAGE_EVENTS } from '../scenario.ts';
import { parseDurationMs } from '../../time/sim-time.ts';
import type { Complain, Rule, Subject } from './rule.ts';
import { stagesIn, transitionsIn } from './walk.ts';
import type { StageAt, TransitionAt } from './walk.ts';

/** The statechart holds together: targets, initial stages, events and delays are there, and every stage can be reached. */
export const stageRule: Rule = (subject, tell) => {
  if (!subject.wrote(['stages'])) return;
  const stages = stagesIn(subject.scenario);
  let sound = true;
  const complain: Complain = (...words) => {
    sound = false;
    tell(...words);
  };
  const known = stagePaths(subject.scenario.stages);
  for (const stage of stages) {
    checkShape(stage, subject, complain);
    checkKeys(stage, subject, complain);
    for (const transition of transitionsIn(stage)) checkTarget(transition, known, subject, complain);
    if (stage.stage.target !== undefined) checkTarget({ from: stage, key: 'on', target: stage.stage.target, guard: undefined, actions: undefined, at: stage.at, targetAt: [...stage.at, 'target'] }, known, subject, complain);
  }
  // Where an arrow is wrong, what it led to would be blamed as well.
  if (!sound || !subject.whole) return;
  const reached = reachable(stages);
  for (const { path, at } of stages) {
    if (path.length > 0 && !reached.has(path.join('.'))) complain(subject.place(at, 'key'), 'unreachable-stage', `Nothing leads to the stage ${quoted(path.join('.'))}.`, 'Give it a transition, or remove it.');
  }
};

function checkShape({ stage, path, at }: StageAt, subject: Subject, complain: Complain): void {
  const children = Object.keys(stage.states ?? {});
  const type = typeOfStage(stage);
  const name = path.length === 0 ? 'stages' : `The stage ${quoted(path.join('.'))}`;
  const real = Object.values(stage.states ?? {}).some((child) => child.type !== 'history');
  if (path.length === 0 && children.length === 0) complain(subject.place(at, 'key'), 'stages', 'The scenario has no stages.', 'Write states, and initial: the one to begin in.');
  else if (type === 'compound' && stage.initial === undefined && real) complain(subject.place(at, 'key'), 'initial-stage', `${name} has stages inside but no initial.`, `Add initial: ${children[0] ?? ''}.`);
  if (stage.initial !== undefined && !children.includes(stage.initial)) {
    complain(subject.place([...at, 'initial']), 'initial-stage', `No stage here is called ${quoted(stage.initial)}.`, didYouMean(stage.initial, children));
  }
  if ((type === 'final' || type === 'atomic' || type === 'history') && children.length > 0) complain(subject.place([...at, 'states'], 'key'), 'stages', `${name} is ${type} and can hold no stages.`, 'Remove its states, or its type.');
  if ((type === 'final' || type === 'history') && (stage.on ?? stage.after ?? stage.always) !== undefined) complain(subject.place(at, 'key'), 'stages', `${name} is ${type}: nothing leads out of it.`, 'Remove its on, after and always.');
  if (type !== 'history' && (stage.target !== undefined || stage.history !== undefined)) complain(subject.place([...at, stage.target === undefined ? 'history' : 'target'], 'key'), 'stages', `${name} is no stage of type history.`, 'Write the target under on, after or always.');
}

function checkKeys({ stage, at }: StageAt, subject: Subject, complain: Complain): void {
  for (const event of Object.keys(stage.on ?? {})) {
    if (!(STAGE_EVENTS as readonly string[]).includes(event)) complain(subject.place([...at, 'on', event], 'key'), 'unknown-event', `No event is called ${quoted(event)}.`, didYouMean(event, STAGE_EVENTS));
  }
  const delays = new Set<number>();
  for (const delay of Object.keys(stage.after ?? {})) {
    const ms = parseDurationMs(delay);
    const place = subject.place([...at, 'after', delay], 'key');
    if (ms === null || ms < 0) complain(place, 'unknown-delay', `${quoted(delay)} is no duration.`, 'Write one such as `90s` or `5m`.');
    else if (delays.has(ms)) complain(place, 'unknown-delay', `${quoted(delay)} is as long as another delay here.`, 'Make one list of the two.');
    delays.add(ms ?? -1);
  }
}

function checkTarget({ from, key, target, guard, targetAt, at }: TransitionAt, known: readonly string[], subject: Subject, complain: Complain): void {
  if (target === undefined) {
    if (key === 'always') complain(subject.place(at), 'stage-target', 'This always leads nowhere, and would do so for ever.', 'Add a target.');
    return;
  }
  const path = absoluteTarget(target, from.path);
  if (!known.includes(path)) {
    const near = [...known.filter((each) => each.startsWith([...from.path.slice(0, -1), ''].join('.'))).map((each) => each.slice([...from.path.slice(0, -1), ''].join('.').length)), ...known.map((each) => `#${each}`)];
    complain(subject.place(targetAt), 'stage-target', `No stage is called ${quoted(target)}.`, didYouMean(target, near));
  } else if (key === 'always' && guard === undefined && path === from.path.join('.')) {
    complain(subject.place(targetAt), 'stage-target', 'This stage leads to itself, for ever.', 'Choose another target.');
  }
}

/** Paths that a drill can come to: from the initial stages, whatever conditions hold. */
function reachable(stages: readonly StageAt[]): ReadonlySet<string> {
  const byPath = new Map(stages.map((stage) => [stage.path.join('.'), stage]));
  const reached = new Set<string>();
  const open = [''];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const stage = byPath.get(path);
    if (stage === undefined || reached.has(path)) continue;
    reached.add(path);
    const inside = typeOfStage(stage.stage) === 'parallel' ? Object.keys(stage.stage.states ?? {}) : stage.stage.initial === undefined ? [] : [stage.stage.initial];
    open.push(...inside.map((name) => [...stage.path, name].join('.')));
    // To be in a stage is to be in its parents; a history stage leads on to any of its siblings.
    if (path !== '') open.push(stage.path.slice(0, -1).join('.'));
    if (stage.stage.target !== undefined) open.push(absoluteTarget(stage.stage.target, stage.path));
    for (const { target } of transitionsIn(stage)) if (target !== undefined) open.push(absoluteTarget(target, stage.path));
  }
  return reached;
}
