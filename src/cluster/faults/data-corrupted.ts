import type { FaultKind } from './fault.ts';

export const dataCorrupted: FaultKind = {
  word: 'data-corrupted',
  group: 'storage',
  summary: 'The volume of a database gives back other bytes than were written, for some of its rows, and nobody is told.',
  target: 'service',
  strikes: 'database',
  settings: { share: { type: 'share', required: false, fallback: 0.05, summary: 'Of its rows.' } },
  lore: {
    symptoms: [
      'Everything answers, and as fast as ever: 200, and no error in any log of a server.',
      'What compares the books with each other fails: its log names rows that cannot be. psql shows them too.',
    ],
    mitigations: ['Stop what writes on the strength of it.'],
    fix: 'Bring the database onto another volume, or off the machine whose disk it is, and restore what is wrong from a copy.',
    example: {
      target: 'ledger', settings: {},
      signs: ['event Warning BackoffLimitExceeded Job'],
      cure: ['kubectl -n books delete pvc data-ledger-0 --wait=false', 'kubectl -n books delete pod ledger-0'],
      tempting: 'kubectl -n books rollout restart deploy/billing',
    },
  },
  begin: (world, target, settings) => {
    const disk = world.data.disk(target);
    const wrong = { medium: disk.medium, share: Number(settings['share']) };
    disk.misreadings.push(wrong);
    return () => {
      const at = disk.misreadings.indexOf(wrong);
      if (at !== -1) disk.misreadings.splice(at, 1);
    };
  },
};
