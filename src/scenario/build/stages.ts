import type { ClusterNames } from '../cluster-names.ts';
import type { ActionSpec, Condition, StageSpec, TransitionSpec } from '../scenario.ts';
import { durationMs } from '../shape/atoms.ts';
import type { AuthoredAction, AuthoredActions, AuthoredCondition, AuthoredStage, AuthoredTransitions } from '../shape/stages-shape.ts';
import { buildChange } from './change.ts';
import { mapValues } from './traffic.ts';

/** The statechart out of what its author wrote, with every target as a path from the top: `night.paged`. */
export function buildStage(authored: AuthoredStage, path: readonly string[], names: ClusterNames): StageSpec {
  const transitions = (written: AuthoredTransitions | undefined): TransitionSpec[] => (written === undefined ? [] : buildTransitions(written, path, names));
  return {
    type: typeOfStage(authored),
    initial: authored.initial ?? null,
    history: authored.history ?? 'shallow',
    target: authored.target === undefined ? null : absoluteTarget(authored.target, path),
    states: mapValues(authored.states ?? {}, (child, name) => buildStage(child, [...path, name], names)),
    entry: buildActions(authored.entry, names),
    exit: buildActions(authored.exit, names),
    on: mapValues(authored.on ?? {}, transitions),
    after: Object.entries(authored.after ?? {}).map(([delay, written]) => ({ delayMs: durationMs(delay), transitions: transitions(written) })),
    always: transitions(authored.always),
    onDone: transitions(authored.onDone),
  };
}

export function typeOfStage(authored: AuthoredStage): StageSpec['type'] {
  return authored.type ?? (Object.keys(authored.states ?? {}).length > 0 ? 'compound' : 'atomic');
}

/** As XState resolves targets: `.child` inside, `#path` from the top, else a sibling (or a path that begins with one). */
export function absoluteTarget(written: string, path: readonly string[]): string {
  if (written.startsWith('#')) return written.slice(1);
  const from = written.startsWith('.') ? path : path.slice(0, -1);
  return [...from, written.replace(/^\./, '')].join('.');
}

export function buildCondition(authored: AuthoredCondition): Condition {
  return typeof authored === 'string' ? { if: authored, forMs: 0 } : { if: authored.if, forMs: durationMs(authored.for) };
}

function buildTransitions(authored: AuthoredTransitions, path: readonly string[], names: ClusterNames): TransitionSpec[] {
  return (Array.isArray(authored) ? authored : [authored]).map((written) => {
    if (typeof written === 'string') return { target: absoluteTarget(written, path), guard: null, actions: [], reenter: false };
    return {
      target: written.target === undefined ? null : absoluteTarget(written.target, path),
      guard: written.guard === undefined ? null : buildCondition(written.guard),
      actions: buildActions(written.actions, names),
      reenter: written.reenter,
    };
  });
}

function buildActions(authored: AuthoredActions | undefined, names: ClusterNames): ActionSpec[] {
  if (authored === undefined) return [];
  return (Array.isArray(authored) ? authored : [authored]).flatMap((action) => buildAction(action, names));
}

function buildAction(action: AuthoredAction, names: ClusterNames): ActionSpec[] {
  if (action.begin !== undefined) return [{ do: 'begin', fault: action.begin }];
  if (action.end !== undefined) return [{ do: 'end', fault: action.end }];
  if (action.page !== undefined) return [{ do: 'page', page: action.page }];
  if (action.say !== undefined) return [{ do: 'say', text: action.say }];
  if (action.change !== undefined) return [{ do: 'change', change: buildChange(action.change, names) }];
  if (action.inject !== undefined) return [{ do: 'inject', inject: action.inject }];
  if (action.complication !== undefined) return [{ do: 'complication', fault: action.complication }];
  return [];
}
