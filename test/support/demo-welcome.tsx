// The first page over made-up choices, for looking at: `node bin/build.mjs --run test/support/demo-welcome.tsx`.
import { runWelcome } from '../../src/ui/welcome.tsx';
import { someChoices } from './some-choices.ts';

const chosen = await runWelcome(someChoices(), { stdin: process.stdin, stdout: process.stdout });
process.stdout.write(`${JSON.stringify(chosen)}\n`);
