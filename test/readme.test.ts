import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FAULTS } from '../src/cluster/faults/catalogue.ts';
import { checkCommand } from '../src/commands/check.ts';
import { exportCommand } from '../src/commands/export.ts';
import { doctorCommand } from '../src/commands/doctor.ts';
import { faultsCommand } from '../src/commands/faults.ts';
import { pairCommand } from '../src/commands/pair.ts';
import { playCommand } from '../src/commands/play.tsx';
import { rehearseCommand } from '../src/commands/rehearse.ts';
import { replayCommand } from '../src/commands/replay.ts';
import { reportCommand } from '../src/commands/report.ts';
import { sandboxCommand } from '../src/commands/sandbox.ts';
import { VERBS } from '../src/drill/tools/kubectl/verbs.ts';
import { COMMANDS } from '../src/scenario/rules/solutions.ts';
import { readScenario } from '../src/scenario/read.ts';
import { KEYS } from '../src/ui/keys.ts';

/** What the documents promise is there. */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const DOCUMENTS = ['README.md', 'src/README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'];
const VERBS_OF_GAMEDAY = [playCommand(), checkCommand(), rehearseCommand(), replayCommand(), reportCommand(), exportCommand(), pairCommand(), sandboxCommand(), faultsCommand(), doctorCommand()];

/** Every file and folder of the program, folders with a slash behind. */
const IN_SRC = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true }).map((entry) =>
  `${relative(root, entry.parentPath).split(sep).join('/')}/${entry.name}${entry.isDirectory() ? '/' : ''}`);

/** Code in a Markdown text: fenced blocks, spans in backquotes. The fences of the screen hold no code. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```(sh|console)\n([\s\S]*?)^```$/gm)].flatMap((block) => (block[2] as string).split('\n'));
  const spans = [...text.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map((span) => span[1] as string);
  return [...blocks, ...spans];
}

describe.each(DOCUMENTS)('%s', (document) => {
  const text = read(document);
  const code = codeIn(text);

  test('calls gameday as it can be called', () => {
    const wrong = code.flatMap((line) => [...line.matchAll(/\bgameday ((?:[a-z][a-z-]*|-)\S*)([^#|`]*)/g)]).flatMap(([, verb = '', rest = '']) => {
      const command = VERBS_OF_GAMEDAY.find((one) => one.name() === verb);
      if (command === undefined) return [`gameday ${verb}`];
      const options = new Set(['--help', ...command.options.map(({ long }) => long)]);
      return [...rest.matchAll(/\s(--[a-z-]+)/g)].filter(([, option]) => !options.has(option as string)).map(([, option]) => `gameday ${verb} ${option}`);
    });
    expect(wrong).toEqual([]);
  });

  test('runs scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const called = code.flatMap((line) => [...line.matchAll(/\bnpm (?:run )?(start|test|[a-z]+(?::[a-z]+)?)/g)]).map(([, script]) => script as string);
    expect(called.filter((script) => script !== 'ci' && scripts[script] === undefined)).toEqual([]);
  });

  test('types commands and kubectl verbs that the prompt takes', () => {
    const slashed = code.flatMap((line) => [...line.matchAll(/^(\/[a-z]+)\b(?!\/)/g)]).map(([, command]) => command as string);
    expect(slashed.filter((command) => !COMMANDS.includes(command))).toEqual([]);
    const verbs = code.flatMap((line) => [...line.matchAll(/^kubectl (?:-n \S+ )?([a-z-]+)/g)]).map(([, verb]) => verb as string);
    expect(verbs.filter((verb) => !Object.hasOwn(VERBS, verb))).toEqual([]);
  });

  test('presses keys that do something', () => {
    const labels = new Set(KEYS.flatMap(({ label }) => label.split(', ')));
    const keys = code.filter((span) => /^(?:\^[A-Z]|F\d|Tab|Space|Esc|PgUp|PgDn|\?)$/.test(span));
    expect(keys.filter((key) => !labels.has(key))).toEqual([]);
  });

  test('links to files, and names files, that are there', () => {
    const folder = dirname(document);
    const linked = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to as string).filter((to) => !to.startsWith('https://'));
    expect(linked.filter((to) => !existsSync(join(root, folder, to)))).toEqual([]);
    const named = code.filter((span) => /^[\w.-]+\/(?:[\w.-]+\/)*(?:[\w.-]+\.(?:tsx?|yaml|json|md))?$/.test(span) && !/NAME|VERB|mine/.test(span));
    expect(named.filter((path) => !existsSync(join(root, path)) && !IN_SRC.some((one) => `/${one}`.endsWith(`/${path}`)))).toEqual([]);
  });

  test('names nothing of one machine', () => {
    expect(text).not.toMatch(/\/(?:home|root|work|tmp)\//);
  });
});

test('the README names every verb, every fault and every variable that there is', () => {
  const text = read('README.md');
  const entries = [...read('src/cli.tsx').matchAll(/\{ name: '([a-z-]+)'/g)].map(([, name]) => name as string);
  expect(VERBS_OF_GAMEDAY.map((command) => command.name()).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(entries.toSorted((a, b) => (a < b ? -1 : 1)));
  expect(VERBS_OF_GAMEDAY.filter((command) => !text.includes(`| \`${command.name()}\` |`)).map((command) => command.name())).toEqual([]);
  expect([...FAULTS.values()].filter(({ word, summary }) => !read('FAULTS.md').includes(`| \`${word}\` | ${summary} |`)).map(({ word }) => word)).toEqual([]);
});

test('the scenario of the README is one, without a complaint', () => {
  const yaml = /^```yaml\n([\s\S]*?)^```$/m.exec(read('README.md'))?.[1] ?? '';
  const files = { 'mine.yaml': yaml, ...Object.fromEntries(['objects', 'traffic'].map((name) => [`clusters/webshop/${name}.yaml`, read(`scenarios/clusters/webshop/${name}.yaml`)])) };
  expect(readScenario(files, 'mine.yaml').complaints).toEqual([]);
});

test('the map of the code shows every room', () => {
  const text = read('src/README.md');
  const rooms = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(rooms.filter((room) => !text.includes(`| \`${room}/\``) && !text.includes(`\`${room}/\`, `))).toEqual([]);
});
