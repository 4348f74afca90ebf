import { splitImage } from '../cluster/image.ts';
import type { KindMap, KubeObject } from '../cluster/objects.ts';
import type { ClusterSpec, ProgramSpec, Step } from '../cluster/spec.ts';

/** A Deployment or StatefulSet that runs a program of the traffic, as its manifest describes it. */
export interface Workload {
  readonly namespace: string;
  /** `deployment/NAME` or `statefulset/NAME`. */
  readonly path: string;
  readonly name: string;
  /** Its first container, and that container's image without a tag. */
  readonly container: string;
  readonly repository: string;
  readonly replicas: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Services whose selector finds its pods, as `namespace/service`. */
  readonly services: readonly string[];
}

/** The workloads of a cluster that run programs of its traffic, in order of the manifests. */
export function workloadsOf({ objects, traffic }: ClusterSpec): readonly Workload[] {
  const services = objects.filter((object): object is KindMap['Service'] => object.kind === 'Service');
  return objects.flatMap((object) => {
    if (!isWorkload(object)) return [];
    const { template, replicas } = object.spec ?? {};
    const container = template?.spec?.containers[0];
    if (container === undefined) return [];
    const { repository } = splitImage(container.image ?? '');
    if (!Object.hasOwn(traffic.programs, repository)) return [];
    const labels = template?.metadata?.labels ?? {};
    const namespace = object.metadata.namespace ?? 'default';
    const found = services.filter(({ metadata, spec }) => metadata.namespace === namespace && selects(spec?.selector, labels));
    return [{
      namespace, path: `${object.kind.toLowerCase()}/${object.metadata.name}`, name: object.metadata.name, container: container.name, repository, replicas: replicas ?? 1, labels,
      services: found.map(({ metadata }) => `${namespace}/${metadata.name}`),
    }];
  });
}

/** The Services that requests to `service` lead to, itself first, each once. */
export function servicesBehind(service: string, workloads: readonly Workload[], { traffic }: ClusterSpec): readonly string[] {
  const found = [service];
  for (const key of found) {
    for (const { services, repository, namespace } of workloads) {
      if (!services.includes(key)) continue;
      for (const target of targetsOf(traffic.programs[repository])) {
        const full = serviceKey(target, namespace);
        if (!found.includes(full)) found.push(full);
      }
    }
  }
  return found;
}

/** All steps of a program, with those inside of others. Found once for each: the judge asks every few seconds. */
export function stepsOf(program: ProgramSpec | undefined): readonly Step[] {
  if (program === undefined) return [];
  let steps = STEPS.get(program);
  if (steps === undefined) STEPS.set(program, (steps = allSteps(program)));
  return steps;
}

const STEPS = new WeakMap<ProgramSpec, readonly Step[]>();

function allSteps({ routes }: ProgramSpec): readonly Step[] {
  const within = (steps: readonly Step[]): Step[] => steps.flatMap((step) => [step, ...within(step.do === 'cached' ? step.miss : 'steps' in step ? step.steps : [])]);
  return Object.values(routes).flatMap(within);
}

function targetsOf(program: ProgramSpec | undefined): readonly string[] {
  return stepsOf(program).flatMap((step) => {
    if (step.do === 'call') return step.call.to.startsWith('external/') ? [] : [step.call.to];
    return step.do === 'transaction' || step.do === 'cached' ? [step.on] : [];
  });
}

/** `payments` is the Service of that name in the caller's namespace, `payments.shop` the one in `shop`. */
function serviceKey(name: string, namespace: string): string {
  const [service, inNamespace] = name.split('.');
  return name.includes('/') ? name : `${inNamespace ?? namespace}/${service}`;
}

function isWorkload(object: KubeObject): object is KindMap['Deployment'] | KindMap['StatefulSet'] {
  return object.kind === 'Deployment' || object.kind === 'StatefulSet';
}

/** A Service without a selector finds nothing. */
function selects(selector: Readonly<Record<string, string>> | undefined, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
