import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drillHeader } from '../../src/commands/drill-header.ts';
import { LiveDrill } from '../../src/commands/live-drill.ts';
import { PromptTools } from '../../src/commands/prompt-tools.ts';
import { RestDoor } from '../../src/commands/rest-door.ts';
import { ServedDrill } from '../../src/commands/served-drill.ts';
import { Drill } from '../../src/drill/drill.ts';
import { replayDrill } from '../../src/drill/replay.ts';
import type { OutputBlock } from '../../src/drill/screen.ts';
import type { Fact, SeatRecord, Timeline } from '../../src/journal/timeline.ts';
import { timelineText } from '../../src/journal/line.ts';
import { JournalFile } from '../../src/outside/journal-file.ts';
import { readTimelineFile } from '../../src/outside/journal-reading.ts';
import { LocalPager } from '../../src/outside/local-pager.ts';
import { findProgram } from '../../src/outside/program.ts';
import { readScenarioFiles } from '../../src/outside/read-files.ts';
import { PageRelay } from '../../src/paging/relay.ts';
import { Driver } from '../../src/responders/driver.ts';
import { aDoor } from '../support/a-door.ts';

const kubectl = findProgram('kubectl', process.env);
const loaded = readScenarioFiles(new URL('../../scenarios/slow-site.yaml', import.meta.url).pathname);
const SEATS: readonly SeatRecord[] = [
  { seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' },
  { seat: 'responder-2', role: 'responder', name: 'Ben', driver: 'person' },
];

/** Ana at the terminal, Ben beside her with clients of his own that may only look. */
class Evening {
  readonly live: LiveDrill;
  readonly served: ServedDrill;
  readonly dir: string;

  private constructor(made: { live: LiveDrill; served: ServedDrill; dir: string }) {
    this.live = made.live;
    this.served = made.served;
    this.dir = made.dir;
  }

  static async begin(): Promise<Evening> {
    const { scenario } = loaded;
    if (scenario === null) throw new Error(JSON.stringify(loaded.complaints[0]));
    const dir = mkdtempSync(join(tmpdir(), 'gameday-own-kubectl-'));
    const header = drillHeader({ loaded, name: 'test', seed: 3, seats: SEATS, pager: 'local' });
    const created = await JournalFile.create(join(dir, 'drill'), header);
    if ('refusal' in created) throw new Error(created.refusal);
    const drill = new Drill({ scenario, seed: 3, seats: SEATS, onFact: () => undefined });
    const door = new RestDoor(drill);
    expect(drill.openApi(door, 'responder-1', { user: 'ana', role: 'cluster-admin' })).toBeNull();
    expect(drill.openApi(door, 'responder-2', { user: 'ben', role: 'view' })).toBeNull();
    const served = await ServedDrill.open({ drill, door, name: header.drillId, namespace: 'shop', folder: join(dir, 'kubeconfigs'), seats: ['responder-1', 'responder-2'] });
    const env = { ...process.env, KUBECONFIG: served.kubeconfigs.get('responder-1')?.prompt, KUBECACHEDIR: join(dir, 'cache') };
    const relay = new PageRelay(new LocalPager(() => undefined), { drillId: header.drillId, source: 'test', people: [] });
    const live = new LiveDrill({
      drill, relay, seat: 'responder-1', written: 0, pace: 1, journal: created.journal, driver: new Driver(drill, new Map()), debrief: () => ({ outcome: 'timebox', headline: '', lines: [] }),
      tools: new PromptTools(new Map([['kubectl', kubectl ?? '']]), env), kubeconfig: served.kubeconfigs.get('responder-1')?.own ?? '',
    });
    served.attach(live);
    await live.start();
    return new Evening({ live, served, dir });
  }

  /** A line in Ana's prompt, with its answer. */
  async types(line: string): Promise<OutputBlock> {
    await this.live.submit(line);
    return this.live.screen().outputs.at(-1) as OutputBlock;
  }

  /** Somebody's own kubectl in a terminal beside the drill. */
  own(seat: string, ...words: readonly string[]): Promise<{ readonly code: number | null; readonly out: string }> {
    const env = { ...process.env, KUBECONFIG: this.served.kubeconfigs.get(seat)?.own, KUBECACHEDIR: join(this.dir, 'cache') };
    const child = spawn(kubectl ?? '', [...words], { env });
    child.stdin.end('is it up?\n');
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
  }

  /** Everybody leaves; what is on the disk then. */
  async over(): Promise<Timeline> {
    await this.live.stop();
    await this.served.close();
    const file = await readTimelineFile(join(this.dir, 'drill'));
    if ('refusal' in file) throw new Error(file.refusal);
    return file.timeline;
  }
}

describe.skipIf(kubectl === null)('with the kubectl of this machine', () => {
  let evening: Evening;
  beforeEach(async () => {
    evening = await Evening.begin();
  });
  afterEach(async () => {
    await evening.live.stop();
    rmSync(evening.dir, { recursive: true, force: true });
  });

  test('a line in the prompt is run by it, and what it asked and wrote is told as hers', async () => {
    const { text, status } = await evening.types('kubectl get deploy search -o wide');
    expect(status).toBe('ok');
    expect(text[0]).toMatch(/^NAME +READY +UP-TO-DATE/);
    expect((await evening.types('k scale deploy/search --replicas=3')).text).toEqual(['deployment.apps/search scaled']);
    expect((await evening.types('kubectl get deploy | grep search | wc -l')).text).toEqual(['1']);
    const { facts } = again(await evening.over());
    const scaled = facts.find((fact): fact is Fact<'api-written'> => fact.type === 'api-written') as Fact<'api-written'>;
    expect(scaled).toMatchObject({ seat: 'responder-1', verb: 'patch', resource: 'deployments', name: 'search', code: 200, undoClass: 'U1' });
    expect(facts[(scaled.causeSeq ?? 0) - 1]).toMatchObject({ type: 'tool-started', line: 'k scale deploy/search --replicas=3' });
    expect(facts.flatMap((fact) => (fact.type === 'observed' ? [`${fact.tool} ${fact.target}`] : []))).toEqual(['kubectl get deployment/search', 'kubectl get deployments']);
    expect(facts.findLast((fact) => fact.type === 'tool-ended')).toMatchObject({ exit: 0, lines: 1, tail: ['1'] });
  }, 30_000);

  test('a watch streams into the pane until it is interrupted, while the drill takes other lines', async () => {
    const watching = evening.live.submit('kubectl get pods -l app=search -w');
    await shown(evening.live, (block) => block?.status === 'running' && block.text.some((line) => line.startsWith('search-')));
    await evening.live.submit('kubectl get nodes');
    expect(evening.live.trouble).toContain('kubectl get pods -l app=search -w still runs');
    await evening.live.submit('changes');
    evening.live.interrupt();
    await watching;
    expect(evening.live.running).toBe(false);
    expect(evening.live.trouble).toBeNull();
    const { facts } = again(await evening.over());
    expect(facts.findLast((fact) => fact.type === 'tool-ended')).toMatchObject({ exit: null });
    expect(facts.filter((fact) => fact.type === 'api-requested').map(({ verb }) => verb)).toEqual(['list', 'watch']);
  }, 30_000);

  test('each seat has its own role, and what is done in another terminal counts as the seat\'s', async () => {
    expect(await evening.own('responder-2', 'get', 'deploy', 'checkout', '-o', 'name')).toEqual({ code: 0, out: 'deployment.apps/checkout\n' });
    const refused = await evening.own('responder-2', 'delete', 'deploy', 'checkout');
    expect(refused.out).toContain('User "ben" cannot delete resource "deployments" in API group "apps" in the namespace "shop"');
    expect((await evening.own('responder-1', 'set', 'env', 'deploy/checkout', 'ADDRESS_CHECK=off')).out).toBe('deployment.apps/checkout env updated\n');
    const { facts } = again(await evening.over());
    const written = facts.filter((fact) => fact.type === 'api-written');
    expect(written.map(({ seat, verb, code }) => `${seat} ${verb} ${code}`)).toEqual(['responder-2 delete 403', 'responder-1 patch 200']);
  }, 30_000);

  test('what is run and typed inside of a container is run and typed again', async () => {
    expect((await evening.types('kubectl exec deploy/checkout -- hostname')).text.join('\n')).toMatch(/^(?:Defaulted.*\n)?checkout-\w+-\w+$/);
    expect((await evening.own('responder-1', 'exec', '-i', 'deploy/checkout', '--', 'cat')).out).toContain('is it up?');
    const { facts } = again(await evening.over());
    expect(facts.flatMap((fact) => (fact.type === 'process-told' ? [`${fact.what} ${fact.data?.data ?? ''}`] : []))).toEqual(['typed is it up?\n', 'closed ']);
    expect(facts.filter((fact) => fact.type === 'process-exited').map(({ code }) => code)).toEqual([0, 0]);
    expect(facts.filter((fact) => fact.type === 'observed').map(({ tool }) => tool)).toEqual(['kubectl exec', 'kubectl exec']);
  }, 30_000);

  test('what would reach another cluster, or needs a terminal, is told so and not run', async () => {
    expect((await evening.types('kubectl --kubeconfig /etc/elsewhere get pods')).text.join(' ')).toContain("drill's own cluster alone");
    expect((await evening.types('kubectl exec -it deploy/checkout -- sh')).text).toEqual(['That needs a terminal of its own. Give it one with: !kubectl exec -it deploy/checkout -- sh']);
    expect((await evening.types('kubectl get pods | sh')).text.join(' ')).toContain('Your own shell takes the whole line: !kubectl get pods | sh');
    const { facts } = again(await evening.over());
    expect(facts.filter((fact) => fact.type === 'api-requested')).toEqual([]);
  });

  test('who leaves while a program runs takes it along, and loses nothing', async () => {
    void evening.live.submit('kubectl get pods -w');
    await shown(evening.live, (block) => block?.status === 'running' && block.text.length > 3);
    const { facts } = again(await evening.over());
    expect(facts.map(({ type }) => type)).toContain('tool-started');
    expect(facts.at(-1)?.type).toBe('drill-paused');
  }, 30_000);
});

/** A timeline after it was run again, byte for byte the same. */
function again(timeline: Timeline): Timeline {
  if (loaded.scenario === null) throw new Error('no scenario');
  const { drill, difference } = replayDrill(timeline, loaded.scenario, { door: aDoor });
  expect(difference).toBeNull();
  expect(timelineText({ header: timeline.header, facts: drill.facts.slice(0, timeline.facts.length) })).toBe(timelineText(timeline));
  return timeline;
}

function shown(live: LiveDrill, isIt: (newest: OutputBlock | undefined) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isIt(live.screen().outputs.at(-1))) return;
      stop();
      resolve();
    };
    const stop = live.subscribe(look);
  });
}
