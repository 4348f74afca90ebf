import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runCases } from './run-cases.ts';

/** Cases of our own, in the language of Prometheus' own runner: what alert rules and dashboards rely on. */
const FOLDER = 'test/promql/cases';

describe.each(readdirSync(FOLDER))('%s', (name) => {
  test.each(runCases(readFileSync(`${FOLDER}/${name}`, 'utf8')))('line $line: $query', ({ problem }) => {
    expect(problem).toBeNull();
  });
});
