import type { CommandHelp } from '../screen.ts';
import type { CommandContext, CommandLine, CommandResult } from '../tools/tool.ts';

/** One command: declared once, and from here it is run, explained, completed and refused. */
export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly group: CommandHelp['group'];
  readonly examples: readonly string[];
  /** Why it cannot be used now, in a sentence; null where it can. */
  disabled(context: CommandContext): string | null;
  run(context: CommandContext, line: CommandLine): CommandResult;
}

/** For commands that can always be used. */
export const always = (): null => null;

/** Refuses a command that needs words where there are none. */
export function usage(command: string, example: string): CommandResult {
  return { refusal: `${command} needs some words, such as: ${example}` };
}
