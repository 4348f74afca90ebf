import type { FaultKind } from './fault.ts';
import { STRAY, strayProcess } from './stray-process.ts';
import { workloadRef } from './template-fault.ts';
import { rollOutVersion, VERSION } from './version-fault.ts';

export const cpuStress: FaultKind = {
  word: 'cpu-stress',
  group: 'programs',
  summary: 'A program computes many times as much for each request as it used to, or something beside it takes its CPU.',
  target: 'workload',
  settings: { factor: { type: 'factor', required: true, summary: 'How many times as much; of a process: how many threads of it never rest.' }, ...STRAY, ...VERSION },
  lore: {
    symptoms: ['One service is at its CPU limit at its usual load; requests queue for it.', 'Where a process is to blame that is not the program’s, `ps` in the container shows it.'],
    mitigations: ['Scale it out.', 'More CPU.'],
    fix: 'Back to a version that does not have it; what does not belong there is to be killed, or goes with its pod.',
    example: {
      target: 'deployment/pricing', settings: { factor: 20 },
      signs: ['cpu.share shop/pricing rises'],
      cure: ['kubectl -n shop set image deploy/pricing pricing=registry.webshop.example/pricing:1.4.0'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target);
    const factor = Number(settings['factor']);
    if (settings['by'] === 'process') return strayProcess(world, ref, String(settings['process'] || '/tmp/.cache/kdevtmpfsi').split(' '), 'spinners', Math.max(1, Math.round(factor)));
    return rollOutVersion(world, ref, settings, (program) => world.conditions.adjust('cpu-factor', program, factor));
  },
};
