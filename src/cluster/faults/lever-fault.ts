import type { Lever } from '../traffic/conditions.ts';
import type { FaultKind, FaultSettings } from './fault.ts';

/** What a fault of one lever is made of. */
interface LeverMistake extends Omit<FaultKind, 'begin'> {
  readonly lever: Lever;
  /** How far the lever moves, by settings that are all there. */
  readonly amount: (settings: FaultSettings) => number;
  /** How programs tell of it in their logs; in the usual words where absent. */
  readonly says?: (settings: FaultSettings) => string;
}

/** A fault that moves one lever of the traffic's conditions. */
export function leverFault({ lever, amount, says, ...rest }: LeverMistake): FaultKind {
  return { ...rest, begin: (world, target, settings) => world.conditions.adjust(lever, leverTarget(target), amount(settings), says?.(settings)) };
}

/** `deployment/shop/catalog` and `external/media-store` as levers name them. */
export function leverTarget(target: string): string {
  return target.replace(/^(?:deployment|statefulset|daemonset|external)\//, '');
}
