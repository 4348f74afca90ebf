import type { Patch } from '../api.ts';
import type { Ref } from '../objects.ts';
import type { FaultWorld } from './fault.ts';
import { templateOf } from './template-fault.ts';

const KINDS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;

/** The workload whose pods a Service `namespace/name` leads to; null where nobody keeps them. */
export function servedBy(world: FaultWorld, service: string): Ref | null {
  const [namespace = '', name = ''] = service.split('/');
  const found = world.api.get('Service', namespace, name);
  const selector = Object.entries((found.ok ? found.object.spec?.selector : undefined) ?? {});
  if (selector.length === 0) return null;
  for (const kind of KINDS) {
    for (const { metadata, spec } of world.api.list(kind, namespace)) {
      const labels = spec?.template.metadata?.labels ?? {};
      if (selector.every(([key, value]) => labels[key] === value)) return { kind, namespace, name: metadata.name };
    }
  }
  return null;
}

/** Sets one variable of a workload's first container. */
export function environmentPatch(world: FaultWorld, ref: Ref, name: string, value: string): Patch {
  const env = templateOf(world, ref)?.containers[0]?.env ?? [];
  const known = env.some((variable) => variable.name === name);
  const next = known ? env.map((variable) => (variable.name === name ? { name, value } : variable)) : [...env, { name, value }];
  return { type: 'json', body: [{ op: 'add', path: '/spec/template/spec/containers/0/env', value: next }] };
}
