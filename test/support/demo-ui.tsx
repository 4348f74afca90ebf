// The terminal UI over fixture screens, for looking at: `node bin/build.mjs --run test/support/demo-ui.tsx [--live] [--quiet]`.
import { runApp } from '../../src/ui/app.tsx';
import { aScreen } from './a-screen.ts';
import { demoPlayer } from './demo-player.ts';

const live = process.argv.includes('--live');
const quiet = process.argv.includes('--quiet');
const player = demoPlayer(quiet ? aScreen({ outputs: [], timeline: [], chat: [], pages: [], incident: { state: 'quiet', severity: null, lead: null, hypotheses: [], plan: null, tickets: [] } }) : aScreen());
const heart = live ? setInterval(() => player.pace > 0 && player.tick(), 100) : null;
const how = await runApp(player, { stdin: process.stdin, stdout: process.stdout });
if (heart !== null) clearInterval(heart);
process.stdout.write(`left: ${how}\n`);
