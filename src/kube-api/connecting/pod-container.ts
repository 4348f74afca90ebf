import type { KindMap } from '../../cluster/objects.ts';

type Pod = KindMap['Pod'];

/** The container that a request means, where it names one and where there is only one. Words of `validateContainer` in pkg/registry/core/pod/strategy.go. */
export function containerOf({ metadata, spec }: Pod, asked: string): { readonly name: string } | { readonly problem: string } {
  const main = (spec?.containers ?? []).map(({ name }) => name);
  const all = [...(spec?.initContainers ?? []).map(({ name }) => name), ...main, ...(spec?.ephemeralContainers ?? []).map(({ name }) => name)];
  if (asked !== '') return all.includes(asked) ? { name: asked } : { problem: `container ${asked} is not valid for pod ${metadata.name}` };
  const [only] = main;
  return only !== undefined && main.length === 1 ? { name: only } : { problem: `a container name must be specified for pod ${metadata.name}, choose one of: [${all.join(' ')}]` };
}

type Status = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

export function containerStatus({ status }: Pod, container: string): Status | undefined {
  return [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? []), ...(status?.ephemeralContainerStatuses ?? [])].find(({ name }) => name === container);
}
