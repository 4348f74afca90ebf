import type { FaultKind } from './fault.ts';
import { err } from './mistakes.ts';
import { AUTHOR, text } from './settings.ts';

export const autoscalerMisconfigured: FaultKind = {
  word: 'autoscaler-misconfigured',
  group: 'resources',
  summary: 'An autoscaler looks at the wrong thing, or may not do what it is for.',
  target: 'autoscaler',
  settings: { how: { ...text('What is wrong.', 'target'), oneOf: ['target', 'metric', 'ceiling', 'eager'] }, ...AUTHOR },
  lore: {
    symptoms: ['The autoscaler does nothing, or the wrong thing, whatever the load: its conditions and events say why.'],
    mitigations: ['Scale by hand.'],
    fix: 'Let the autoscaler look at the workload that it is for, with limits that leave room.',
    example: {
      target: 'pricing', settings: { how: 'target' },
      signs: ['event Warning FailedGetScale HorizontalPodAutoscaler', 'horizontalpodautoscaler shop/pricing'],
      cure: ['kubectl -n shop patch hpa pricing -p \'{"spec":{"scaleTargetRef":{"name":"pricing"}}}\''],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = '', name = ''] = target.split('/');
    return err(world, [{ do: 'patch', ref: { kind: 'HorizontalPodAutoscaler', namespace, name }, patch: { type: 'merge', body: WRONG[String(settings['how'])] ?? {} } }], settings, `horizontalpodautoscaler/${name}: manifests applied`);
  },
};

const WRONG: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  target: { spec: { scaleTargetRef: { name: 'pricing-api' } } },
  metric: { spec: { metrics: [{ type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 1000 } } }] } },
  eager: { spec: { metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 20 } } }, { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 30 } } }] } },
  ceiling: { spec: { minReplicas: 1, maxReplicas: 1 } },
};
