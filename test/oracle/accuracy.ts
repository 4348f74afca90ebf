import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { accuracyPage } from './accuracy-page.ts';
import { agreement, GOALS, measuredShop, measuredStorm } from './measurements.ts';

const HELP = `npm run accuracy -- [--write] [--shops N] [--storms N]
Holds the flow model against the request-level oracle and prints the page, or writes it to ACCURACY.md.
Exit codes: 0 the model and the oracle agree about the storms; 1 they do not; 2 the call was wrong.`;

function main(): number {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, shops: { type: 'string', default: '100' }, storms: { type: 'string', default: '200' }, help: { type: 'boolean' } } });
  if (values.help === true) return say(HELP, 0);
  const [shops, storms] = [Number(values.shops), Number(values.storms)];
  if (!Number.isInteger(shops) || !Number.isInteger(storms) || shops < 1 || storms < 1) return say(HELP, 2);
  const rows = Array.from({ length: shops }, (_, seed) => seed).flatMap((seed) => {
    process.stderr.write(`\rshop ${seed + 1} of ${shops} `);
    return measuredShop(seed, seed % 2 === 1 ? 'troubled' : 'calm');
  });
  const outcomes = Array.from({ length: storms }, (_, seed) => {
    process.stderr.write(`\rstorm ${seed + 1} of ${storms} `);
    return measuredStorm(seed);
  });
  const page = accuracyPage(rows, outcomes);
  if (values.write === true) writeFileSync('ACCURACY.md', page);
  else say(page, 0);
  const { asked, agreed } = agreement(outcomes);
  return agreed >= asked * GOALS.storms ? 0 : 1;
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

process.exitCode = main();
