import { writeSync } from 'node:fs';
import { LiveDrill } from '../../src/commands/live-drill.ts';
import { drillHeader } from '../../src/commands/drill-header.ts';
import { Drill } from '../../src/drill/drill.ts';
import { replayDrill } from '../../src/drill/replay.ts';
import { JournalFile } from '../../src/outside/journal-file.ts';
import { LocalPager } from '../../src/outside/local-pager.ts';
import { readScenarioFiles } from '../../src/outside/read-files.ts';
import { PageRelay } from '../../src/paging/relay.ts';
import { castPartner } from '../../src/responders/cast.ts';
import { Driver } from '../../src/responders/driver.ts';
import { readScenario } from '../../src/scenario/read.ts';
import { aDoor } from '../support/a-door.ts';

/**
 * A process to be killed: begins or resumes a real drill in a directory and plays it at high pace, typing all the while.
 * Prints the number of the newest fact that a screen has shown, once it was shown, and `over` at the end of the drill.
 */
const LINES = ['/ack', '/claim', 'changes', 'dash checkout', 'kubectl get pods', 'kubectl scale deploy search --replicas=3', 'Robin, look at checkout', '/undo', '/verify', 'logs checkout'];

const [dir = ''] = process.argv.slice(2);
const loaded = readScenarioFiles(new URL('../../scenarios/one-bad-deploy.yaml', import.meta.url).pathname);
const { scenario } = loaded;
if (scenario === null) throw new Error(JSON.stringify(loaded.complaints));
const header = drillHeader({
  loaded, name: 'crash', seed: 11, pager: 'local',
  seats: [{ seat: 'responder-1', role: 'responder', name: 'Ana', driver: 'person' }, { seat: 'responder-2', role: 'responder', name: 'Robin', driver: 'john' }],
});
const created = await JournalFile.create(dir, header);
const opened = 'journal' in created ? { journal: created.journal, drill: new Drill({ scenario, seed: 11, seats: header.seats, onFact: () => undefined }), written: 0 } : await resumed();
const relay = new PageRelay(new LocalPager(() => undefined), { drillId: header.drillId, source: 'test', people: [] });
const driver = new Driver(opened.drill, new Map([['responder-2', castPartner('john', 11)]]));
const live = new LiveDrill({ ...opened, driver, relay, seat: 'responder-1', pace: 600, debrief: () => ({ outcome: 'timebox', headline: '', lines: [] }) });
const door = aDoor(opened.drill);
let shown = 0;
live.subscribe(() => {
  const newest = live.screen().timeline.at(-1)?.seq ?? 0;
  if (newest > shown) writeSync(1, `${(shown = newest)}\n`);
});
await live.start();
for (let nth = 0; live.screen().end === null; nth++) {
  await Promise.all([live.submit(LINES[nth % LINES.length] as string), scaled(nth % 4), scaled(1 + (nth % 4))]).catch(() => undefined); // after the end the API takes nothing
}
writeSync(1, 'over\n');
await live.stop();

/** A client of Ana's own scales the search, beside what she types. */
function scaled(replicas: number): Promise<unknown> {
  const body = { as: 'text', data: JSON.stringify({ spec: { replicas } }) } as const;
  const request = {
    seat: 'responder-1', user: 'ana', groups: ['system:masters'], as: null, method: 'PATCH', path: '/apis/apps/v1/namespaces/shop/deployments/search', query: '', accept: 'application/json',
    mediaType: 'application/merge-patch+json', body, upgrade: null, agent: 'test', command: null, session: null, offsetMs: 0,
  };
  return live.ask(door, true, () => ({ request, causeSeq: null }));
}

async function resumed(): Promise<{ journal: JournalFile; drill: Drill; written: number }> {
  const reopened = await JournalFile.reopen(dir);
  if ('refusal' in reopened) throw new Error(reopened.refusal);
  const { files, scenario: told } = reopened.timeline.header;
  const embedded = readScenario(files, told.file).scenario;
  if (embedded === null) throw new Error('the scenario inside the timeline cannot be read');
  const { drill, difference } = replayDrill(reopened.timeline, embedded, { door: aDoor });
  if (difference !== null) throw new Error(`differs: ${JSON.stringify(difference)}`);
  return { journal: reopened.journal, drill, written: reopened.timeline.facts.length };
}
