import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ScenarioReader, loadScenario } from '../../src/outside/scenario-files.ts';
import { formatComplaint } from '../../src/yaml/complaint.ts';

let folder = '';
const reader = new ScenarioReader();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gameday-hostile-'));
  mkdirSync(join(folder, 'night'));
  cpSync('test/complaints/clusters', join(folder, 'night/clusters'), { recursive: true });
  cpSync('test/complaints/nothing-wrong.yaml', join(folder, 'night/good.yaml'));
  await reader.load(join(folder, 'night/good.yaml')); // the thread is warm
});

afterAll(async () => {
  await reader.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What is said of a file, one line each, and that it took no more than about a second. */
async function complaintsOf(name: string, text?: string | Uint8Array): Promise<string[]> {
  const path = join(folder, 'night', name);
  if (text !== undefined) writeFileSync(path, text);
  const before = process.cpuUsage();
  const { scenario, complaints } = await reader.load(path);
  const { user, system } = process.cpuUsage(before);
  // Processor time, as other tests keep this machine busy.
  expect((user + system) / 1000).toBeLessThan(1_500);
  expect(scenario).toBeNull();
  return complaints.map(formatComplaint);
}

describe('files from strangers', () => {
  test('50 MB are refused before they are read', async () => {
    writeFileSync(join(folder, 'night/huge.yaml'), 'gameday: 1\n');
    truncateSync(join(folder, 'night/huge.yaml'), 50_000_000);
    expect(await complaintsOf('huge.yaml')).toEqual(['huge.yaml:1:1: The file holds 47.7 MiB; 1 MiB is the most. Keep it shorter. [too-large]']);
  });

  test('what is no text, no file or no scenario is one line', async () => {
    expect(await complaintsOf('latin1.yaml', Uint8Array.from([0x61, 0x3a, 0x20, 0xe9, 0x0a]))).toEqual(['latin1.yaml:1:1: This is no text in UTF-8. Save it as UTF-8. [not-text]']);
    expect(await complaintsOf('nul.yaml', 'title: a\u0000b\n')).toEqual(['nul.yaml:1:9: This is no text: it holds control characters. Save it as plain UTF-8 text. [not-text]']);
    expect(await complaintsOf('clusters')).toEqual(['clusters:1:1: This is a folder, not a file. Name a file inside it. [no-file]']);
    expect((await complaintsOf('nowhere.yaml'))[0]).toMatch(/^nowhere\.yaml:1:1: There is no file .*\[no-file\]$/);
    expect(spawnSync('/usr/bin/mkfifo', [join(folder, 'night/pipe.yaml')]).status).toBe(0);
    expect(await complaintsOf('pipe.yaml')).toEqual(['pipe.yaml:1:1: This is no regular file. Name a YAML file. [no-file]']);
  });

  test('nests, bombs and floods of keys', async () => {
    for (const [name, text] of Object.entries(FLOODS)) {
      const said = await complaintsOf(`${name}.yaml`, text);
      expect([name, said.length > 0 && said.length < 40, said[0]]).toEqual([name, true, expect.stringMatching(new RegExp(`^${name}\\.yaml:\\d+:\\d+: .* \\[[a-z-]+\\]$`))]);
    }
  });

  test('after a file that was given up, the next one is read as ever', async () => {
    await complaintsOf('flood.yaml', FLOODS['aliases'] ?? '');
    expect((await reader.load(join(folder, 'night/good.yaml'))).complaints).toEqual([]);
    expect((await loadScenario(join(folder, 'night/good.yaml'))).scenario?.title).toBe('A small night');
  });
});

describe('clusters', () => {
  test('a path or a link that leads out of the folder is refused, a missing one named', async () => {
    const good = 'gameday: 1\ntitle: x\ncluster: ';
    mkdirSync(join(folder, 'outside'));
    cpSync('test/complaints/clusters/webshop', join(folder, 'outside'), { recursive: true });
    symlinkSync(join(folder, 'outside'), join(folder, 'night/clusters/linked'));
    expect(await clusterComplaint(`${good}clusters/linked\n`)).toBe(`it.yaml:3:10: "clusters/linked/objects.yaml" leads out of the scenario's folder. Keep the cluster inside it. [cluster]`);
    expect(await clusterComplaint(`${good}../outside\n`)).toContain('leads out');
    expect(await clusterComplaint(`${good}/etc\n`)).toContain('no path relative');
    expect(await clusterComplaint(`${good}clusters/nowhere\n`)).toBe('it.yaml:3:10: There is no file "clusters/nowhere/objects.yaml". A cluster is a folder with objects.yaml and traffic.yaml. [cluster]');
    expect(await clusterComplaint(`${good}good.yaml\n`)).toContain('There is no file');
  });
});

async function clusterComplaint(text: string): Promise<string | undefined> {
  return (await complaintsOf('it.yaml', text)).find((line) => line.endsWith('[cluster]'));
}

const FLOODS: Readonly<Record<string, string>> = {
  flow: `a: ${'['.repeat(400_000)}\n`,
  maps: `a: ${'{a: '.repeat(100_000)}\n`,
  dashes: `${'- '.repeat(300_000)}a\n`,
  questions: `${'? '.repeat(300_000)}a\n`,
  stairs: Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
  keys: Array.from({ length: 60_000 }, (_, nth) => `k${nth}: 1\n`).join(''),
  aliases: `a: &a [1, 2]\nb: [${'*a, '.repeat(200_000)}]\n`,
  doubling: Array.from({ length: 40 }, (_, nth) => (nth === 0 ? 'a0: &a0 [1, 1]\n' : `a${nth}: &a${nth} [*a${nth - 1}, *a${nth - 1}]\n`)).join(''),
  documents: '---\na: 1\n'.repeat(80_000),
  comments: '# nothing\n'.repeat(90_000),
  quotes: `a: "${'\\n'.repeat(400_000)}\n`,
  expressions: `gameday: 1\nverdict: {mitigated: ["${'('.repeat(1_900)}"]}\n`,
};
