import { randomBytes, randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { formatDate } from 'date-fns/format';
import { debriefOf } from '../debrief/debrief.ts';
import { hotWash } from '../debrief/hot-wash.ts';
import { Drill } from '../drill/drill.ts';
import { replayDrill } from '../drill/replay.ts';
import type { EndView } from '../drill/screen.ts';
import type { Fact, SeatId, SeatRecord, TimelineHeader } from '../journal/timeline.ts';
import { EVERYTHING } from '../kube-api/authorization/seats.ts';
import { closeOnSignals } from '../outside/close-on-signals.ts';
import { JournalFile } from '../outside/journal-file.ts';
import { openPager, whyNoPager } from '../outside/open-pager.ts';
import { loadScenario } from '../outside/scenario-files.ts';
import { PageRelay } from '../paging/relay.ts';
import { castPartner } from '../responders/cast.ts';
import { Driver } from '../responders/driver.ts';
import { readScenario } from '../scenario/read.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { runApp } from '../ui/app.tsx';
import { formatComplaint } from '../yaml/complaint.ts';
import { openAccess, whyNoPrograms, YOUR_SEAT } from './cluster-access.ts';
import { drillHeader } from './drill-header.ts';
import { ghostRuns } from './ghosts.ts';
import { LiveDrill } from './live-drill.ts';
import type { PlayChoice, PlayOptions } from './play-choice.ts';
import { writeReport } from './report.ts';
import { RestDoor } from './rest-door.ts';

/** Begins a new drill and plays it until the person leaves or it ends. */
export async function beginPlay(choice: PlayChoice, options: PlayOptions): Promise<0 | 1 | 2> {
  const loaded = await loadScenario(choice.scenario);
  if (loaded.scenario === null) {
    for (const complaint of loaded.complaints) process.stderr.write(`${formatComplaint(complaint)}\n`);
    return loaded.complaints.some(({ rule }) => rule === 'no-file') ? 2 : 1;
  }
  const noPager = whyNoPager(options.pager, process.env);
  if (noPager !== null) return refuse(noPager);
  const name = `${formatDate(new Date(), 'yyyy-MM-dd')}-${randomBytes(3).toString('hex')}`;
  const seats: SeatRecord[] = [{ seat: YOUR_SEAT, role: 'responder', name: choice.you.name, driver: 'person' }];
  if (choice.partner !== null) seats.push({ seat: 'responder-2', role: 'responder', name: choice.partner.name, driver: choice.partner.script });
  const header = drillHeader({ loaded, name, seed: options.seed ?? randomInt(281_474_976_710_655), seats, pager: options.pager });
  const { scenario } = loaded;
  const drill = new Drill({ scenario, seed: header.seed, seats, onFact: () => undefined, ghosts: () => ghostRuns(scenario, header) });
  const door = new RestDoor(drill);
  const role = options.role ?? choice.you.clusterRole ?? EVERYTHING;
  const noAccess = whyNoPrograms(options.kubectl) ?? drill.openApi(door, YOUR_SEAT, { user: YOUR_SEAT, role });
  if (noAccess !== null) return refuse(noAccess);
  const dir = resolve(options.out ?? join('postmortems', header.drillId));
  const created = await JournalFile.create(dir, header);
  if ('refusal' in created) return refuse(created.refusal);
  const consent = new Map<SeatId, boolean>([[YOUR_SEAT, choice.you.consent], ['responder-2', choice.partner?.consent ?? false]]);
  return run({ header, scenario, drill, door, journal: created.journal, written: 0, dir, options, role, consent });
}

/** Goes on with a drill that was left, or that was cut off: its inputs are run again, and must come out the same. */
export async function resumePlay(dir: string, options: PlayOptions): Promise<0 | 1 | 2> {
  const reopened = await JournalFile.reopen(dir);
  if ('refusal' in reopened) return refuse(reopened.refusal);
  const { journal, timeline } = reopened;
  const { header } = timeline;
  const { scenario } = readScenario(header.files, header.scenario.file);
  const stop = async (sentence: string): Promise<1> => {
    await journal.close();
    process.stderr.write(`${sentence}\n`);
    return 1;
  };
  if (scenario === null) return stop('The scenario inside this timeline cannot be read by this version of gameday.');
  if (timeline.facts.some((fact) => fact.type === 'drill-ended')) return stop(`This drill is over. Read it with: npx gameday report ${dir}`);
  let door: RestDoor | null = null;
  const { drill, difference } = replayDrill(timeline, scenario, { ghosts: () => ghostRuns(scenario, header), door: (again) => (door = new RestDoor(again)) });
  if (difference !== null) return stop(`This drill cannot go on: run again, it differs from event ${difference.seq} on. It was written by ${header.engine}.`);
  drill.resume();
  return run({ header, scenario, drill, door: door ?? new RestDoor(drill), journal, written: timeline.facts.length, dir: resolve(dir), options, role: options.role ?? EVERYTHING, consent: new Map([[YOUR_SEAT, options.consent === true]]) });
}

function refuse(sentence: string): 2 {
  process.stderr.write(`${sentence}\n`);
  return 2;
}

interface Run {
  readonly header: TimelineHeader;
  readonly scenario: Scenario;
  readonly drill: Drill;
  readonly door: RestDoor;
  readonly journal: JournalFile;
  readonly written: number;
  readonly dir: string;
  readonly options: PlayOptions;
  readonly role: string;
  readonly consent: ReadonlyMap<SeatId, boolean>;
}

async function run({ header, scenario, drill, door, journal, written, dir, options, role, consent }: Run): Promise<0 | 1 | 2> {
  let live: LiveDrill | null = null;
  const opened = await openPager(options.pager, {
    env: process.env,
    write: () => undefined, // the screen rings the bell where a page is new to its seat
    listener: { onAcknowledged: (page) => live?.pagerAnswered(page.page, page.person.name), onTrouble: (sentence) => live?.note(sentence) },
  });
  if ('problem' in opened) {
    await journal.close();
    return refuse(opened.problem);
  }
  const access = await openAccess({ drill, door, header, namespace: scenario.slo.service.split('/')[0] as string, kubectl: options.kubectl, role });
  if ('problem' in access) {
    await Promise.all([journal.close(), opened.pager.close()]);
    return refuse(access.problem);
  }
  const people = header.seats.map(({ seat, name }) => ({ seat, name, consent: consent.get(seat) ?? false }));
  const relay = new PageRelay(opened.pager, { drillId: header.drillId, source: scenario.slo.service, people });
  relay.resume(drill.facts.slice(0, written));
  const { tools, kubeconfig } = access;
  live = new LiveDrill({ drill, driver: driverOf(drill, header), journal, relay, seat: YOUR_SEAT, written, pace: options.pace, debrief: (facts) => endView(header, scenario, facts), tools, kubeconfig });
  const playing = live;
  access.attach(playing);
  const close = async (): Promise<void> => {
    await playing.stop();
    await Promise.all([opened.pager.close(), access.close()]);
  };
  const unhook = closeOnSignals(close, () => !access.onTerminal);
  try {
    await playing.start();
    await runApp(playing, { stdin: process.stdin, stdout: process.stdout }, (command) => access.shell(command));
  } finally {
    await close();
    unhook();
  }
  return farewell(drill, playing, dir);
}

/** Scripts on the seats that no person sits on. */
function driverOf(drill: Drill, header: TimelineHeader): Driver {
  const scripted = header.seats.filter(({ driver }) => driver === 'john' || driver === 'johnny');
  return new Driver(drill, new Map(scripted.map(({ seat, driver }) => [seat, castPartner(driver === 'johnny' ? 'johnny' : 'john', header.seed)])));
}

function endView(header: TimelineHeader, scenario: Scenario, facts: readonly Fact[]): EndView {
  const debrief = debriefOf({ header, facts }, scenario);
  const outcome = facts.findLast((fact): fact is Fact<'drill-ended'> => fact.type === 'drill-ended')?.outcome ?? 'timebox';
  return { outcome, ...hotWash(debrief) };
}

async function farewell(drill: Drill, live: LiveDrill, dir: string): Promise<0 | 1> {
  if (live.trouble !== null) process.stderr.write(`${live.trouble}\n`);
  if (!drill.ended) {
    process.stdout.write(`The drill waits for you. Go on with: npx gameday play --resume ${dir}\n`);
    return 0;
  }
  const report = await writeReport(dir, null);
  if ('refusal' in report) {
    process.stderr.write(`${report.refusal}\n`);
    return 1;
  }
  process.stdout.write(`Postmortem: ${report.postmortem}\nTimeline:   ${join(dir, 'timeline.jsonl')}\n`);
  return 0;
}
