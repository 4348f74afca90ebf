import type { Container, PodSpec } from 'kubernetes-types/core/v1';
import { parseQuantity } from '../quantity.ts';

/** What is wrong with a pod's spec; `path` is where it stands in its object. */
export function podSpecErrors(spec: PodSpec, path: string): string[] {
  const errors: string[] = [];
  const names = new Set<string>();
  if ((spec.containers ?? []).length === 0) errors.push(`${path}.containers: Required value`);
  (spec.containers ?? []).forEach((container, at) => errors.push(...containerErrors(container, `${path}.containers[${at}]`, names)));
  (spec.initContainers ?? []).forEach((container, at) => errors.push(...containerErrors(container, `${path}.initContainers[${at}]`, names)));
  if (!RESTART_POLICIES.has(spec.restartPolicy ?? 'Always')) {
    errors.push(`${path}.restartPolicy: Unsupported value: "${spec.restartPolicy}": supported values: "Always", "OnFailure", "Never"`);
  }
  return [...errors, ...sysctlErrors(spec, path)];
}

const RESTART_POLICIES = new Set(['Always', 'OnFailure', 'Never']);
const PULL_POLICIES = new Set(['Always', 'IfNotPresent', 'Never']);

/** `names` are those taken so far, to which this one's is added. */
function sysctlErrors({ securityContext }: PodSpec, path: string): string[] {
  const seen = new Set<string>();
  return (securityContext?.sysctls ?? []).flatMap(({ name }, at) => {
    const place = `${path}.securityContext.sysctls[${at}].name`;
    if (name === '') return [`${place}: Required value`];
    if (name.length > 253 || !SYSCTL.test(name)) return [`${place}: Invalid value: ${JSON.stringify(name)}: must have at most 253 characters and match regex ${SYSCTL_TEXT}`];
    if (seen.has(name)) return [`${place}: Duplicate value: ${JSON.stringify(name)}`];
    seen.add(name);
    return [];
  });
}

const SYSCTL = /^(?:[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_TEXT = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';

export function containerErrors(container: Container, path: string, names: Set<string>): string[] {
  const errors: string[] = [];
  const name = container.name ?? '';
  if (name === '') errors.push(`${path}.name: Required value`);
  else if (names.has(name)) errors.push(`${path}.name: Duplicate value: "${name}"`);
  names.add(name);
  if ((container.image ?? '') === '') errors.push(`${path}.image: Required value`);
  if (container.imagePullPolicy !== undefined && !PULL_POLICIES.has(container.imagePullPolicy)) {
    errors.push(`${path}.imagePullPolicy: Unsupported value: "${container.imagePullPolicy}": supported values: "Always", "IfNotPresent", "Never"`);
  }
  (container.env ?? []).forEach((variable, at) => {
    if ((variable.name ?? '') === '') errors.push(`${path}.env[${at}].name: Required value`);
  });
  (container.ports ?? []).forEach((port, at) => {
    if (!(port.containerPort >= 1 && port.containerPort <= 65_535)) {
      errors.push(`${path}.ports[${at}].containerPort: Invalid value: ${port.containerPort}: must be between 1 and 65535, inclusive`);
    }
  });
  return [...errors, ...resourceErrors(container, path)];
}

function resourceErrors(container: Container, path: string): string[] {
  const errors: string[] = [];
  const { limits = {}, requests = {} } = container.resources ?? {};
  for (const [resource, request] of Object.entries(requests)) {
    const limit = limits[resource];
    const most = limit === undefined ? null : parseQuantity(limit);
    const asked = parseQuantity(request);
    if ((asked ?? 0) < 0) errors.push(`${path}.resources.requests[${resource}]: Invalid value: "${request}": must be greater than or equal to 0`);
    if (most !== null && asked !== null && asked > most) {
      errors.push(`${path}.resources.requests: Invalid value: "${request}": must be less than or equal to ${resource} limit of ${limit}`);
    }
  }
  return errors;
}
