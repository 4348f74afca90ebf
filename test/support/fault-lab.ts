import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { FAULTS } from '../../src/cluster/faults/catalogue.ts';
import type { FaultKind } from '../../src/cluster/faults/fault.ts';
import { Drill } from '../../src/drill/drill.ts';
import { readScenario } from '../../src/scenario/read.ts';
import type { FaultSpec, Scenario } from '../../src/scenario/scenario.ts';
import { Night } from './a-drill.ts';

/** The web shop with all that faults want to strike beside it, on a day on which nothing is wrong. */

const read = (path: string): string => readFileSync(path, 'utf8');
const WEBSHOP = 'scenarios/clusters/webshop';
const LEDGER = 'scenarios/clusters/ledger';
const LAB = 'test/support/fault-lab';

interface Traffic {
  load: unknown[];
  programs: Record<string, unknown>;
  alerts: unknown[];
  externals: Record<string, object>;
  images?: Record<string, object>;
}

function texts(): Record<string, string> {
  const shop = parse(read(`${WEBSHOP}/traffic.yaml`)) as Traffic;
  const more = parse(read(`${LAB}/traffic.yaml`)) as Traffic;
  const books = parse(read(`${LEDGER}/traffic.yaml`)) as Traffic;
  const kept = read(`${LEDGER}/objects.yaml`).split(/^---$/m).filter((document) => !/^kind: Node$/m.test(document)).join('---');
  const traffic = { ...shop, load: [...shop.load, ...more.load, ...books.load], programs: { ...shop.programs, ...more.programs, ...books.programs }, images: { ...shop.images, ...more.images, ...books.images }, alerts: [...shop.alerts, ...more.alerts, ...books.alerts], externals: { ...shop.externals, 'media-store': { ...shop.externals['media-store'], limit: 300 } } };
  return { 'clusters/lab/objects.yaml': `${read(`${WEBSHOP}/objects.yaml`)}\n---\n${read(`${LAB}/objects.yaml`)}\n---\n${kept}`, 'clusters/lab/traffic.yaml': stringify(traffic) };
}

const BOARDS = texts();
let known: Scenario | null = null;

/** A scenario in the lab with the examples of all faults, as an author would write them; throws its complaints. */
function labScenario(): Scenario {
  if (known !== null) return known;
  const faults = Object.fromEntries([...FAULTS.values()].map(({ word, lore }) => [word, { kind: word, target: lore.example.target, ...lore.example.settings }]));
  const written = { gameday: 1, title: 'The lab', timebox: '3h', synopsis: 'A calm day.', secret: 'None.', cluster: 'clusters/lab', slo: { service: 'storefront', objective: '99%', latency: '6s' }, faults, stages: { initial: 'calm', states: { calm: { type: 'atomic' } } }, verdict: { mitigated: ['slo.burn < 1.0'] } };
  const { scenario, complaints } = readScenario({ ...BOARDS, 'lab.yaml': stringify(written) }, 'lab.yaml');
  if (scenario === null) throw new Error(complaints.filter(({ severity }) => severity === 'error').map(({ problem, cure }) => `${problem} ${cure}`).join('\n'));
  known = { ...scenario, stages: { type: 'atomic', initial: null, history: 'shallow', target: null, states: {}, entry: [], exit: [], on: {}, after: [], always: [], onDone: [] } };
  return known;
}

export function aLabDay(): Night {
  const seats = (['responder-1', 'responder-2'] as const).map((seat) => ({ seat, role: 'responder', name: seat, driver: 'person' }) as const);
  return new Night(new Drill({ scenario: labScenario(), seed: 7, seats, onFact: () => undefined }));
}

/** The example of a fault as the reader gives it to the cluster. */
export function exampleOf(fault: FaultKind): FaultSpec {
  return labScenario().faults[fault.word] as FaultSpec;
}
