import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ScenarioReader } from '../outside/scenario-files.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { runWelcome } from '../ui/welcome.tsx';
import { PARTNER_NAMES, type PlayChoice, type PlayOptions } from './play-choice.ts';

const PARTNERS = [
  { id: 'john', name: 'Robin', summary: 'experienced: acknowledges, takes communications, looks at what you ask' },
  { id: 'johnny', name: 'Jo', summary: 'first week on call: eager, has ideas' },
  { id: null, name: 'nobody', summary: 'you are alone' },
] as const;

/** Asks who plays what with whom. Null where the person left, or there is nothing to play. */
export async function chooseByWelcome(options: PlayOptions): Promise<PlayChoice | null> {
  const scenarios = await offered();
  if (scenarios.length === 0) {
    process.stderr.write('There is no scenario here. Name one: gameday play scenarios/slow-site.yaml\n');
    return null;
  }
  const chosen = await runWelcome(
    {
      name: options.name ?? process.env['USER'] ?? 'You',
      partners: PARTNERS,
      scenarios: scenarios.map(({ scenario: { title, kind, timeboxMs, synopsis, skills } }) => ({ title, kind, timeboxMs, synopsis, skills })),
    },
    { stdin: process.stdin, stdout: process.stdout },
  );
  const scenario = chosen === null ? undefined : scenarios[chosen.scenarioIndex];
  if (chosen === null || scenario === undefined) return null;
  const script = chosen.partner === 'john' || chosen.partner === 'johnny' ? chosen.partner : null;
  return {
    scenario: scenario.path,
    you: { name: chosen.name, consent: options.consent === true },
    partner: script === null ? null : { name: PARTNER_NAMES[script], consent: false, script },
  };
}

/** Scenarios in the folder where the person stands, else those that come with gameday. The slow site, the first of all, comes first. */
async function offered(): Promise<{ readonly path: string; readonly scenario: Scenario }[]> {
  const own = join(dirname(dirname(fileURLToPath(import.meta.url))), 'scenarios');
  const folder = existsSync('scenarios') ? 'scenarios' : own;
  const reader = new ScenarioReader();
  const found: { path: string; scenario: Scenario }[] = [];
  try {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.yaml')).sort(slowSiteFirst)) {
      const { scenario } = await reader.load(join(folder, name));
      if (scenario !== null) found.push({ path: join(folder, name), scenario });
    }
  } catch {
    return found; // no folder: nothing is offered
  } finally {
    await reader.close();
  }
  return found;
}

function slowSiteFirst(one: string, other: string): number {
  const rank = (name: string): string => (name === 'slow-site.yaml' ? '' : name);
  return rank(one) < rank(other) ? -1 : rank(one) > rank(other) ? 1 : 0;
}
