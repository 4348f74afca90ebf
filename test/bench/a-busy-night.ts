import { drillHeader } from '../../src/commands/drill-header.ts';
import type { TimelineHeader } from '../../src/journal/timeline.ts';
import { readScenarioFiles } from '../../src/outside/read-files.ts';
import { rehearsalSeats } from '../../src/responders/cast.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

/** What somebody busy types in a night of 45 minutes, over all of which the world has to be reckoned: they never resolve. */
const LINES = [
  '/claim', 'changes', 'dash storefront', 'dash postgres', 'kubectl -n shop get pods', 'trace storefront',
  'kubectl -n shop logs deploy/checkout', 'Pages take 7 s, normal is 5 s.', '/hyp the new storefront is slow',
  'kubectl -n shop rollout undo deployment/storefront', 'curl storefront', 'dash checkout', 'kubectl -n shop scale deployment/checkout --replicas=4',
  'kubectl -n shop get events', '/hyp H1 refuted', '/hyp the address-check partner hangs', 'kubectl -n shop set env deploy/checkout ADDRESS_CHECK=off',
  '/verify', '/update The address check is off.', '/ticket address-check Your API takes 30 s.', '/ticket developers Checkout waits inside a transaction.',
  'kubectl -n shop scale deployment/checkout --replicas=2', 'kubectl -n shop rollout status deployment/checkout', 'dash storefront', '/verify',
];

/** The slow site as it is shipped, read from the working directory. */
export function slowSite(): { readonly scenario: Scenario; readonly header: TimelineHeader } {
  const loaded = readScenarioFiles('scenarios/slow-site.yaml');
  if (loaded.scenario === null) throw new Error(`bench: the slow site cannot be read: ${loaded.complaints[0]?.problem}`);
  return { scenario: loaded.scenario, header: drillHeader({ loaded, name: 'bench', seed: 1, seats: rehearsalSeats('john'), pager: 'none' }) };
}

/** The slow site with a John who plays the whole night through. */
export function busyNight(scenario: Scenario): Scenario {
  return { ...scenario, solutions: { ...scenario.solutions, john: LINES } };
}
