import type { CommandHelp, Screen } from '../../drill/screen.ts';
import { KEYS, type KeyEntry } from '../keys.ts';
import { blank, row } from '../rows.ts';
import { headWindow, type Scroll, type Window } from '../scroll.ts';
import { safeLine } from '../safe-text.ts';
import { fit, widthOf, wrap } from '../text.ts';
import type { Theme } from '../theme.ts';

/** Everything that can be done: the commands as this seat finds them now, then the keys. What cannot be done says why. */
export function help(screen: Pick<Screen, 'commands' | 'kubeconfig'>, theme: Theme, columns: number, height: number, scroll: Scroll): Window {
  const lines: string[] = [];
  for (const [group, title] of COMMAND_GROUPS) {
    const commands = screen.commands.filter((command) => command.group === group);
    if (commands.length === 0) continue;
    lines.push(
      row(theme, columns, [['title', title]]),
      ...commands.flatMap((command) => commandRows(command, theme, columns)),
      blank(columns),
    );
  }
  lines.push(
    row(theme, columns, [['title', 'Saying something']]),
    ...told(theme, columns, 'Any other words', 'go to the incident room. @name in front asks one person.'),
    blank(columns),
  );
  if (screen.kubeconfig !== null) {
    lines.push(
      row(theme, columns, [['title', 'Your own kubectl, in this terminal or another']]),
      ...wrap(`export KUBECONFIG=${shellWord(screen.kubeconfig)}`, columns - 2).map((line) => row(theme, columns, [['key', `  ${line}`]])),
      row(theme, columns, [['plain', '  in another terminal: what your own tools do there counts as yours.']]),
      ...told(theme, columns, '!', 'opens your shell with that set; exit comes back here. The drill goes on meanwhile.'),
      ...told(theme, columns, '!COMMAND', 'runs one command in it: !kubectl edit deploy NAME'),
      blank(columns),
    );
  }
  lines.push(
    row(theme, columns, [['title', 'Reading the dashboards']]),
    ...MARKS.flatMap(([mark, meaning]) => told(theme, columns, mark, meaning)),
    blank(columns),
  );
  for (const [group, title] of KEY_GROUPS) {
    lines.push(
      row(theme, columns, [['title', title]]),
      ...KEYS.filter((key) => key.group === group).flatMap((key) => keyRows(key, theme, columns)),
      blank(columns),
    );
  }
  return headWindow(lines, height, scroll);
}

const COMMAND_GROUPS = [
  ['look', 'Look: changes nothing'],
  ['act', 'Act: changes the cluster'],
  ['talk', 'Talk'],
  ['incident', 'Run the incident'],
] as const satisfies readonly (readonly [CommandHelp['group'], string])[];

const MARKS = [
  ['7.2 s ▲!', 'the value now, rising, past its limit'],
  ['900 ms →~', 'steady, but clearly worse than is normal at this hour'],
  ['┈ and ╌', 'the normal value and the limit in a chart'],
] as const;

const KEY_GROUPS = [
  ['drill', 'Keys: the drill'],
  ['time', 'Keys: time'],
  ['panes', 'Keys: the panes'],
  ['typing', 'Keys: the prompt'],
] as const satisfies readonly (readonly [KeyEntry['group'], string])[];

function commandRows(command: CommandHelp, theme: Theme, columns: number): string[] {
  const label = labelWidth(columns);
  const usage = safeLine(command.usage);
  const summary = command.disabled === null ? command.summary : `${command.summary} – not now: ${command.disabled}`;
  const open = command.disabled === null;
  const mark = open ? '  ' : '✗ ';
  if (widthOf(usage) > label) {
    const rest = wrap(summary, columns - label - 3).map((text) =>
      row(theme, columns, [
        ['plain', ' '.repeat(label + 3)],
        [open ? 'plain' : 'faint', text],
      ]),
    );
    return [
      row(theme, columns, [
        ['warn', mark],
        [open ? 'key' : 'faint', usage],
      ]),
      ...rest,
    ];
  }
  return wrap(summary, columns - label - 3).map((text, i) =>
    row(theme, columns, [
      ['warn', i === 0 ? mark : '  '],
      [open ? 'key' : 'faint', fit(i === 0 ? usage : '', label)],
      ['plain', ' '],
      [open ? 'plain' : 'faint', text],
    ]),
  );
}

function keyRows(key: KeyEntry, theme: Theme, columns: number): string[] {
  return told(theme, columns, key.label, key.summary);
}

function told(theme: Theme, columns: number, what: string, summary: string): string[] {
  const label = labelWidth(columns);
  return wrap(summary, columns - label - 3).map((text, i) =>
    row(theme, columns, [
      ['plain', '  '],
      ['key', fit(i === 0 ? what : '', label)],
      ['plain', ` ${text}`],
    ]),
  );
}

/** The path as a shell takes it. */
function shellWord(path: string): string {
  return /^[\w./@%+:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function labelWidth(columns: number): number {
  return Math.min(44, Math.max(24, Math.floor(columns * 0.36)));
}
