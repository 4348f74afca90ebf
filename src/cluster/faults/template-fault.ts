import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import type { JsonPatchOperation } from '../api.ts';
import type { Kind, KindMap, Ref } from '../objects.ts';
import type { FaultKind, FaultSetting, FaultSettings, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';
import { ROLLOUT } from './settings.ts';

/** What a template fault is made of: `wrong` gives the pod spec as the mistake leaves it, by settings that are all there. */
interface TemplateMistake extends Pick<FaultKind, 'word' | 'group' | 'summary' | 'lore'> {
  readonly settings?: Readonly<Record<string, FaultSetting>>;
  readonly wrong: (spec: PodSpec, settings: FaultSettings) => PodSpec;
}

/** A fault that is a mistake in the pod template of a workload. */
export function templateFault({ settings = {}, wrong, ...rest }: TemplateMistake): FaultKind {
  return {
    ...rest,
    target: 'workload',
    settings: { ...settings, ...ROLLOUT },
    begin: (world, target, chosen) => {
      const ref = workloadRef(target);
      const spec = templateOf(world, ref);
      if (spec === undefined) return () => undefined;
      const body: JsonPatchOperation[] = [{ op: 'replace', path: '/spec/template/spec', value: wrong(spec, chosen) }];
      return err(world, [{ do: chosen['replace'] === false ? 'patch' : 'replace', ref, patch: { type: 'json', body } }], chosen, `${target.split('/')[0] ?? ''}/${ref.name}: manifests applied`);
    },
  };
}

/** A pod spec with its first container changed. */
export function withFirst(spec: PodSpec, change: (container: Container) => Container): PodSpec {
  const [first, ...rest] = spec.containers;
  return first === undefined ? spec : { ...spec, containers: [change(first), ...rest] };
}

const KINDS: Readonly<Record<string, Kind>> = { deployment: 'Deployment', statefulset: 'StatefulSet', daemonset: 'DaemonSet' };

/** `deployment/shop/catalog`. */
export function workloadRef(target: string): Ref {
  const [kind = '', namespace = '', name = ''] = target.split('/');
  return { kind: KINDS[kind] ?? 'Deployment', namespace, name };
}

export function templateOf(world: FaultWorld, { kind, namespace, name }: Ref): PodSpec | undefined {
  const found = world.api.get(kind, namespace, name);
  return found.ok ? (found.object as KindMap['Deployment']).spec?.template.spec : undefined;
}
