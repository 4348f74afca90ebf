import type { ObservationKind } from '../../journal/timeline.ts';
import { digest } from '../../time/dice.ts';
import type { CommandContext, CommandResult } from '../tools/tool.ts';

/** An answer that was looked at: its fact carries a digest of what was shown. */
export function seen(context: CommandContext, kind: ObservationKind, tool: string, target: string, text: readonly string[]): CommandResult {
  return { happenings: [{ type: 'observed', seat: context.seat, kind, tool, target, shown: digest(text.join('\n')) }], text };
}

/** `checkout` of `shop/checkout`. */
export function shortName(subject: string): string {
  return subject.slice(subject.indexOf('/') + 1);
}
