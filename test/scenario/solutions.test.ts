import { expect, test } from 'vitest';
import { ACT_COMMANDS } from '../../src/drill/commands/act.ts';
import { INCIDENT_COMMANDS } from '../../src/drill/commands/incident.ts';
import { LOOK_COMMANDS } from '../../src/drill/commands/look.ts';
import { TALK_COMMANDS } from '../../src/drill/commands/talk.ts';
import { COMMANDS, TOOLS } from '../../src/scenario/rules/solutions.ts';

test('the words that solutions may begin with are the commands of a drill', () => {
  const commands = [...LOOK_COMMANDS, ...ACT_COMMANDS, ...INCIDENT_COMMANDS, ...TALK_COMMANDS].map(({ name }) => name);
  expect([...TOOLS, ...COMMANDS].toSorted(byText)).toEqual([...new Set([...commands, '/undo', '/help'])].toSorted(byText));
});

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
