// A process that pages and then waits to be ended, for tests of how drills end. Its words on stdout: `open`, `closed`.
import { closeOnSignals } from '../../src/outside/close-on-signals.ts';
import { openPager } from '../../src/outside/open-pager.ts';

const [drillId = 'D1', kind = 'pagerduty'] = process.argv.slice(2);
const opened = await openPager(kind === 'local' ? 'local' : 'pagerduty', {
  env: process.env,
  write: (text) => process.stdout.write(text),
  listener: { onAcknowledged: () => undefined, onTrouble: (sentence) => process.stdout.write(`trouble: ${sentence}\n`) },
});
if ('problem' in opened) {
  process.stdout.write(`problem: ${opened.problem}\n`);
  process.exit(1);
}
const { pager } = opened;
if (drillId === 'none') {
  await pager.close();
} else {
  for (const [seat, name] of [['responder-1', 'Ana'], ['responder-2', 'Ben']] as const) {
    pager.trigger({ drillId, page: 'P1', person: { seat, name, consent: true }, severity: 'SEV-1', summary: 'down', source: 'shop', sentAtMs: 0 });
  }
  closeOnSignals(() => pager.close());
  setInterval(() => undefined, 60_000);
  process.stdout.write('open\n');
}
