import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { accuracyPage, type Measured } from './accuracy-page.ts';
import { CLOSED_FORMS } from './closed-forms.ts';
import { agreement, GOALS, measuredCourses, measuredShop, measuredStorm, measuredUpset, upsetAgreement } from './measurements.ts';

const HELP = `npm run accuracy -- [--write] [--seeds A..B] [--shops N] [--equipped N] [--storms N] [--upsets N] [--courses N] [--requests N]
Holds the flow model against the request-level oracle, and the oracle against closed forms, and prints the page, or writes it
to ACCURACY.md. With seeds, every table is of those seeds; without, of so many from 0 on. 0 leaves a table out.
Exit codes: 0 model and oracle agree about what recovers, over enough points unless seeds are given; 1 they do not; 2 the call was wrong.`;

/** How many seeds each table is of, and requests for each shop and closed form. */
const COUNTS = { shops: 100, equipped: 50, storms: 100, upsets: 160, courses: 16, requests: 20_000 };
const CLOSED_FORM_REQUESTS = 1_000_000;

type Count = keyof typeof COUNTS;

function main(): number {
  const { values } = parseArgs({ options: { write: { type: 'boolean' }, seeds: { type: 'string' }, help: { type: 'boolean' }, ...option('shops'), ...option('equipped'), ...option('storms'), ...option('upsets'), ...option('courses'), ...option('requests') } });
  if (values.help === true) return say(HELP, 0);
  const seeds = values.seeds === undefined ? { from: 0, count: null } : seedsOf(values.seeds);
  const counts = Object.fromEntries(Object.keys(COUNTS).map((name) => [name, Number(values[name as Count] ?? COUNTS[name as Count])])) as Record<Count, number>;
  if (seeds === null || Object.values(counts).some((count) => !Number.isInteger(count) || count < 0)) return say(HELP, 2);
  const of = <Row>(what: Exclude<Count, 'requests'>, measure: (seed: number) => Row): Row[] => rows(what, seeds.from, counts[what] === 0 ? 0 : (seeds.count ?? counts[what]), measure);
  const measured: Measured = {
    shops: of('shops', (seed) => measuredShop(seed, seed % 2 === 1 ? 'troubled' : 'calm', counts.requests)).flat(),
    equipped: of('equipped', (seed) => measuredShop(seed, 'equipped', counts.requests)).flat(),
    storms: of('storms', measuredStorm), upsets: of('upsets', measuredUpset), courses: of('courses', measuredCourses).flat(),
    forms: CLOSED_FORMS.map((form) => ({ name: form.name, told: form.told, oracle: form.measured(CLOSED_FORM_REQUESTS) })),
  };
  const page = accuracyPage(measured);
  if (values.write === true) writeFileSync('ACCURACY.md', page);
  else say(page, 0);
  const both = [agreement(measured.storms), upsetAgreement(measured.upsets)];
  const good = both.every(({ asked, agreed }) => agreed >= asked * GOALS.storms);
  const enough = values.seeds !== undefined || both.reduce((points, { asked }) => points + asked, 0) >= GOALS.points;
  return good && enough ? 0 : 1;
}

function option<Name extends Count>(name: Name): Record<Name, { readonly type: 'string' }> {
  return { [name]: { type: 'string' } } as Record<Name, { readonly type: 'string' }>;
}

function rows<Row>(what: string, from: number, count: number, measure: (seed: number) => Row): Row[] {
  return Array.from({ length: count }, (_, nth) => {
    process.stderr.write(`\r${what}: ${nth + 1} of ${count}    `);
    return measure(from + nth);
  });
}

/** `A..B`, both included; null where that is no range of seeds. */
function seedsOf(text: string): { readonly from: number; readonly count: number } | null {
  const [, from, to] = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text) ?? [];
  if (from === undefined || to === undefined || Number(to) < Number(from)) return null;
  return { from: Number(from), count: Number(to) - Number(from) + 1 };
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

process.exitCode = main();
