import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { UPSTREAM_SPECS } from './upstream-specs.ts';

interface Held {
  /** What the test is called, without tags, spaces and case. */
  readonly title: string;
  readonly file: string;
  readonly passed: boolean;
}

/** Why a spec is not tried, by the beginning of its place: the longest that fits. */
const REASONS: Readonly<Record<string, string>> = {
  'sig-api-machinery Aggregator': 'out of reach: the sample API server would have to run as a program of its own',
};

/** The second part of the page: each conformance spec of Kubernetes with the test that does what it does. Runs those tests. */
export function specsPage(): string {
  const held = ran();
  const parts = Object.entries(UPSTREAM_SPECS).map(([sig, places]) => {
    const rows = Object.entries(places).flatMap(([place, titles]) => titles.map((title) => row(held, sig, place, title)));
    const passed = rows.filter((line) => line.endsWith('| passed |')).length;
    const failed = rows.filter((line) => line.endsWith('| failed |')).length;
    return { head: `| ${sig} | ${rows.length} | ${passed} | ${failed} | ${rows.length - passed - failed} |`, text: `### ${sig}\n\n| Spec | Held by | |\n|---|---|---|\n${rows.join('\n')}`, counts: [rows.length, passed, failed] as const };
  });
  const [all, passed, failed] = [0, 1, 2].map((at) => parts.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0)) as [number, number, number];
  return `${HEADING}

Written by \`npm run conformance -- --specs\`: the conformance specs of Kubernetes 1.32, and the tests here that make the same
requests in the same order, in protobuf where the original does, against a cluster whose containers run. It is not the original
suite that ran. What is not tried may hold or not.

| | Specs | Passed | Failed | Not tried |
|---|--:|--:|--:|--:|
${parts.map(({ head }) => head).join('\n')}
| **all** | ${all} | ${passed} | ${failed} | ${all - passed - failed} |

${parts.map(({ text }) => text).join('\n\n')}
`;
}

export const HEADING = "## Kubernetes' own conformance specs";

function row(held: readonly Held[], sig: string, place: string, title: string): string {
  const wanted = bare(`${place} ${title}`);
  const test = held.find((one) => one.title.startsWith(sig) && one.title.endsWith(wanted));
  const shown = `${place} ${title}`.replaceAll('|', '\\|').replaceAll('*', '\\*');
  if (test === undefined) return `| ${shown} | – | ${REASONS[`${sig} ${place}`] ?? 'not tried'} |`;
  return `| ${shown} | ${test.file} | ${test.passed ? 'passed' : 'failed'} |`;
}

function ran(): Held[] {
  const file = join(mkdtempSync(join(tmpdir(), 'gameday-specs-')), 'results.json');
  try {
    execFileSync('node_modules/.bin/vitest', ['run', 'test/conformance/specs', '--reporter=json', `--outputFile=${file}`], { stdio: 'ignore' });
  } catch {
    // What failed stands in the file.
  }
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as { testResults: { name: string; assertionResults: { fullName: string; status: string }[] }[] };
  return testResults.flatMap(({ name, assertionResults }) => assertionResults.filter(({ status }) => status === 'passed' || status === 'failed').map(({ fullName, status }) => ({
    title: `${/^\[(sig-[a-z-]+)\]/.exec(fullName)?.[1] ?? ''}${bare(fullName)}`, file: relative('test/conformance/specs', name), passed: status === 'passed',
  })));
}

/** Without tags, spaces and case. */
function bare(text: string): string {
  return text.replaceAll(/\[[^\]]*\]/g, '').replaceAll(/[\s.>]+/g, '').toLowerCase();
}
