// The terminal UI over fixture screens, for looking at: `node bin/build.mjs --run test/support/demo-ui.tsx [--live] [--quiet] [--welcome]`.
import { runApp } from '../../src/ui/app.tsx';
import { runWelcome } from '../../src/ui/welcome.tsx';
import { aScreen } from './a-screen.ts';
import { demoPlayer } from './demo-player.ts';
import { someChoices } from './some-choices.ts';

const terminal = { stdin: process.stdin, stdout: process.stdout };
const live = process.argv.includes('--live');
const quiet = process.argv.includes('--quiet');
if (process.argv.includes('--welcome') && (await runWelcome(someChoices(), terminal)) === null) process.exit(0);
const player = demoPlayer(quiet ? aScreen({ outputs: [], timeline: [], chat: [], pages: [], incident: { state: 'quiet', severity: null, lead: null, hypotheses: [], plan: null, tickets: [] } }) : aScreen());
const heart = live ? setInterval(() => player.pace > 0 && player.tick(), 100) : null;
const how = await runApp(player, terminal, () => Promise.resolve());
if (heart !== null) clearInterval(heart);
process.stdout.write(`left: ${how}\n`);
