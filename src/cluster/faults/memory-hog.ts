import type { FaultKind } from './fault.ts';
import { STRAY, strayProcess } from './stray-process.ts';
import { workloadRef } from './template-fault.ts';
import { rollOutVersion, VERSION } from './version-fault.ts';

export const memoryHog: FaultKind = {
  word: 'memory-hog',
  group: 'programs',
  summary: 'A program takes much more memory than it used to, or something beside it does.',
  target: 'workload',
  settings: { mib: { type: 'number', required: true, summary: 'MiB in each pod.' }, ...STRAY, ...VERSION },
  lore: {
    symptoms: ['Pods are OOMKilled soon after their start, again and again.', 'Where a process is to blame that is not the program’s, the kernel ends both, once; below the limit `ps` in the container shows it.'],
    mitigations: ['A larger memory limit.'],
    fix: 'Back to a version that does not have it; what does not belong there is to be killed, or goes with its pod.',
    example: {
      target: 'deployment/pricing', settings: { mib: 400 },
      signs: ['pods shop/pricing restarts'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const mib = Number(settings['mib']);
    if (settings['by'] === 'process') return strayProcess(world, ref, String(settings['process'] || 'python3 /tmp/export_all.py --in-memory').split(' '), 'heap', mib);
    return rollOutVersion(world, ref, settings, (program) => world.conditions.adjust('heap', program, mib));
  },
};
