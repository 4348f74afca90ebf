import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';

export const cronjobNeverCompletes: FaultKind = {
  word: 'cronjob-never-completes',
  group: 'workloads',
  summary: 'The jobs of a CronJob never end: a sidecar goes on when the work is done.',
  target: 'cronjob',
  settings: { name: text('Of the sidecar.', 'log-shipper'), ...AUTHOR },
  lore: {
    symptoms: ['A job runs for ever with 1/2 containers ready, and no other begins: concurrency is forbidden.'],
    mitigations: ['Delete the job that hangs.'],
    fix: 'Make the sidecar an init container that restarts always, so that it ends with the work.',
    example: {
      target: 'stock-report', settings: {},
      signs: ['cronjob shop/stock-report', 'cronjob shop/stock-report active'],
      cure: ['kubectl -n shop patch cronjob stock-report --type json -p \'[{"op":"remove","path":"/spec/jobTemplate/spec/template/spec/containers/1"}]\'', 'kubectl -n shop delete job --all'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    const sidecar = { name: String(settings['name']), image: 'busybox:1.36', command: ['sh', '-c', 'while true; do sleep 3600; done'] };
    return err(world, [{ do: 'patch', ref: { kind: 'CronJob', namespace, name }, patch: { type: 'json', body: [{ op: 'add', path: '/spec/jobTemplate/spec/template/spec/containers/-', value: sidecar }] } }], settings, `cronjob/${name}: log shipper added`);
  },
};
