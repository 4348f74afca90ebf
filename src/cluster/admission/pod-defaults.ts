import type { Container, PodSpec, PodTemplateSpec, Probe, ResourceRequirements } from 'kubernetes-types/core/v1';

/** Fills in what the API server would. */
export function withPodSpecDefaults(spec: PodSpec): PodSpec {
  const containers = (spec.containers ?? []).map(withContainerDefaults);
  const initContainers = spec.initContainers === undefined ? undefined : spec.initContainers.map(withContainerDefaults);
  return withDefaults(
    {
      ...spec,
      containers,
      ...(initContainers === undefined ? {} : { initContainers }),
    },
    POD_DEFAULTS,
  );
}

export function withTemplateDefaults(template: PodTemplateSpec): PodTemplateSpec {
  return template.spec === undefined ? template : { ...template, spec: withPodSpecDefaults(template.spec) };
}

/** `Guaranteed`, `Burstable` or `BestEffort`, from requests and limits. */
export function qosClass(spec: PodSpec): string {
  let any = false;
  let guaranteed = true;
  for (const container of spec.containers) {
    const { requests = {}, limits = {} } = container.resources ?? {};
    if (Object.keys(requests).length > 0 || Object.keys(limits).length > 0) any = true;
    for (const resource of ['cpu', 'memory']) {
      if (limits[resource] === undefined || (requests[resource] ?? limits[resource]) !== limits[resource]) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

/** `defaults` below the object's own fields; the same object where it has them all. */
export function withDefaults<Shape extends object>(object: Shape, defaults: Partial<Shape>): Shape {
  for (const key of Object.keys(defaults) as (keyof Shape)[]) {
    if (isUnset(object[key])) {
      const own = Object.fromEntries(Object.entries(object).filter(([name, value]) => !isUnset(value) || (value === '' && !Object.hasOwn(defaults, name))));
      return { ...defaults, ...own } as Shape;
    }
  }
  return object;
}

/** Empty words, too: Go cannot tell them from none. */
function isUnset(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

const POD_DEFAULTS: Partial<PodSpec> = {
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
};

/** As the defaults of a container, for a field that is set for itself. */
export function withContainerDefaults(container: Container): Container {
  const filled: Container = {
    ...container,
    ...(container.resources === undefined ? {} : { resources: withRequests(container.resources) }),
    ...(container.ports === undefined ? {} : { ports: container.ports.map((port) => withDefaults(port, { protocol: 'TCP' })) }),
    ...(container.readinessProbe === undefined ? {} : { readinessProbe: withProbeDefaults(container.readinessProbe) }),
    ...(container.livenessProbe === undefined ? {} : { livenessProbe: withProbeDefaults(container.livenessProbe) }),
    ...(container.startupProbe === undefined ? {} : { startupProbe: withProbeDefaults(container.startupProbe) }),
  };
  return withDefaults(filled, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullsAlways(container.image ?? '') ? 'Always' : 'IfNotPresent',
  });
}

function withProbeDefaults(probe: Probe): Probe {
  const http = probe.httpGet === undefined ? {} : { httpGet: withDefaults(probe.httpGet, { path: '/', scheme: 'HTTP' }) };
  return withDefaults({ ...probe, ...http }, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
}

/** A limit without a request is the request too. */
function withRequests(resources: ResourceRequirements): ResourceRequirements {
  return resources.limits === undefined ? resources : { ...resources, requests: { ...resources.limits, ...resources.requests } };
}

/** An image without a tag, or tagged `latest`, is pulled at every start. */
function pullsAlways(image: string): boolean {
  if (image.includes('@')) return false;
  const name = image.slice(image.lastIndexOf('/') + 1);
  return !name.includes(':') || name.endsWith(':latest');
}
