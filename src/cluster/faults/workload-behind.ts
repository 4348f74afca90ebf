import { selects } from '../labels.ts';
import type { Ref } from '../objects.ts';
import type { FaultWorld } from './fault.ts';

/** The workload whose pods a Service `NAMESPACE/NAME` selects; a Deployment of its own name where it selects none. */
export function workloadBehind(world: FaultWorld, service: string): Ref {
  const [namespace = '', name = ''] = service.split('/');
  const found = world.api.get('Service', namespace, name);
  const selector = found.ok ? (found.object.spec?.selector ?? {}) : {};
  if (Object.keys(selector).length > 0) {
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet'] as const) {
      for (const { metadata, spec } of world.api.list(kind, namespace)) {
        if (selects({ matchLabels: selector }, spec?.template.metadata?.labels)) return { kind, namespace, name: metadata.name };
      }
    }
  }
  return { kind: 'Deployment', namespace, name };
}
