import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { OtlpTraces } from '../../src/cluster/signals/otlp.ts';
import { exportCommand } from '../../src/commands/export.ts';
import { rehearseOnce } from '../../src/commands/rehearse.ts';
import { loadScenario } from '../../src/outside/scenario-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'gameday-export-'));
const errors: string[] = [];

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => errors.push(String(text)) > 0);
  const path = 'scenarios/slow-site.yaml';
  const loaded = await loadScenario(path);
  if (loaded.scenario === null) throw new Error('the scenario is unreadable');
  await rehearseOnce(loaded, loaded.scenario, { path, as: 'john', seed: 4, out: join(folder, 'drill') });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = 0;
});

async function exported(...options: string[]): Promise<typeof process.exitCode> {
  errors.length = 0;
  process.exitCode = 0;
  await exportCommand().exitOverride().parseAsync(options, { from: 'user' });
  return process.exitCode;
}

test('a drill that was played gives its traces, logs and changes, the same each time', async () => {
  const [traces, logs, changes] = ['t.json', 'l.jsonl', 'c.jsonl'].map((name) => join(folder, name)) as [string, string, string];
  expect(await exported(join(folder, 'drill'), '--traces', traces, '--logs', logs, '--changes', changes)).toBe(0);
  const first = [traces, logs, changes].map((file) => readFileSync(file, 'utf8'));
  expect(await exported(join(folder, 'drill'), '--traces', traces, '--logs', logs, '--changes', changes)).toBe(0);
  expect([traces, logs, changes].map((file) => readFileSync(file, 'utf8'))).toEqual(first);

  const spans = (JSON.parse(first[0] ?? '') as OtlpTraces).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
  const ids = new Set(spans.map(({ traceId }) => traceId));
  expect(ids.size).toBeGreaterThan(200);

  const lines = (first[1] ?? '').trimEnd().split('\n').map((line) => JSON.parse(line) as { readonly time: string; readonly log: string; readonly kubernetes: { readonly pod_name: string } });
  expect(lines.length).toBeGreaterThan(1_000);
  for (const { time } of lines) expect(Number.isNaN(Date.parse(time))).toBe(false);
  const followed = lines.flatMap(({ log }) => /"trace_id":"([0-9a-f]{32})"/.exec(log)?.[1] ?? []);
  expect(followed.length).toBeGreaterThan(50);
  for (const id of followed) expect(ids).toContain(id);
  // The pods that somebody replaced during the drill wrote lines, too.
  expect(new Set(lines.map(({ kubernetes }) => kubernetes.pod_name).filter((name) => name.startsWith('checkout-'))).size).toBeGreaterThan(2);

  expect(first[2]).toContain('"who":"John"');
});

test('and its metrics in OpenMetrics, a metric at a time and each series in the order of time', async () => {
  const file = join(folder, 'm.om');
  expect(await exported(join(folder, 'drill'), '--metrics', file)).toBe(0);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  expect(lines.at(-1)).toBe('# EOF');
  expect(lines).toContain('# TYPE http_requests counter');
  const families = lines.filter((line) => line.startsWith('# TYPE '));
  expect(new Set(families).size).toBe(families.length);
  const checkout = lines.filter((line) => line.startsWith('http_requests_total{') && line.includes('code="200"') && line.includes('job="storefront"') && line.includes('handler="/home"'));
  const pods = new Set(checkout.map((line) => /pod="([^"]+)"/.exec(line)?.[1] ?? ''));
  for (const pod of pods) {
    const times = checkout.filter((line) => line.includes(`pod="${pod}"`)).map((line) => Number(line.split(' ').at(-1)));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  }
  expect(pods.size).toBeGreaterThan(2);
});

test('says what is missing', async () => {
  expect(await exported(join(folder, 'drill'))).toBe(2);
  expect(errors.join('')).toBe('Say what to write: --traces FILE, --logs FILE, --changes FILE, --metrics FILE\n');
  expect(await exported(join(folder, 'nowhere'), '--logs', '-')).toBe(2);
});
