import { nodeTarget } from '../traffic/hardship.ts';
import type { FaultKind } from './fault.ts';
import { whileSo } from './lasting.ts';

export const clockDrift: FaultKind = {
  word: 'clock-drift',
  group: 'nodes',
  summary: 'The clock of a node is wrong: what its pods sign is not valid yet, or not any more.',
  target: 'node',
  settings: {
    offset: { type: 'duration', required: false, fallback: 300_000, summary: 'By how much it is wrong.' },
    behind: { type: 'switch', required: false, fallback: false, summary: 'It is late, not early.' },
    share: { type: 'share', required: false, fallback: 0.8, summary: 'Share of the requests of its pods that fail for it.' },
  },
  lore: {
    symptoms: ['Several services answer a share of their requests with errors; all of these have pods on one node, and it is those pods that fail.', 'The time of that node is not that of the others, and nothing sets it: chrony does not run there.'],
    mitigations: ['Drain the node: its pods are well elsewhere.'],
    fix: 'Start chrony again, which steps the clock to the right time.',
    example: {
      target: 'node/worker-2', settings: {},
      signs: ['http.errors shop/storefront rises'],
      cure: ['kubectl debug node/worker-2 -it --image=busybox -- chroot /host systemctl restart chrony'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const host = world.machines.host(target);
    const unit = host?.units.find('chrony');
    if (host === null || unit === undefined) return () => undefined;
    const ran = host.runs('chrony');
    const wrongMs = Number(settings['offset']) * (settings['behind'] === true ? -1 : 1);
    host.units.stop(unit);
    host.clockMs = wrongMs;
    const says = Math.abs(wrongMs) >= CERTIFICATE_MS ? 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid' : wrongMs > 0 ? '401 token is not valid yet: nbf is in the future' : '401 token is expired';
    const back = whileSo(world, () => Math.abs(host.clockMs) > LEEWAY_MS, () => world.conditions.adjust('work-errors', nodeTarget(target), Number(settings['share']), says));
    return () => {
      if (host.clockMs === wrongMs) host.clockMs = 0;
      if (ran && host.on) host.units.start(unit);
      back();
    };
  },
};

/** Libraries forgive tokens a difference of a minute. */
const LEEWAY_MS = 60_000;

/** Certificates between programs are good for some weeks: by so much wrong, a clock takes good ones for bad. */
const CERTIFICATE_MS = 7 * 24 * 3_600_000;
