import type { ServicePort, ServiceSpec } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { unsupported } from './value-rules.ts';

type Service = KindMap['Service'];

/** What is wrong with a Service in itself. Source: ValidateService in pkg/apis/core/validation of Kubernetes. */
export function serviceErrors(spec: ServiceSpec | undefined): string[] {
  const { ports = [], type, clusterIP, externalName, sessionAffinity, externalTrafficPolicy, internalTrafficPolicy } = spec ?? {};
  const errors: string[] = [];
  if (ports.length === 0 && clusterIP !== 'None' && type !== 'ExternalName') errors.push('spec.ports: Required value');
  if (type === 'ExternalName' && (externalName ?? '') === '') errors.push('spec.externalName: Required value');
  if ((type === 'NodePort' || type === 'LoadBalancer') && clusterIP === 'None') errors.push(`spec.clusterIPs[0]: Invalid value: "None": may not be set to 'None' for ${type} services`);
  errors.push(...unsupported('spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']), ...unsupported('spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']));
  errors.push(...unsupported('spec.externalTrafficPolicy', externalTrafficPolicy, ['Cluster', 'Local']), ...unsupported('spec.internalTrafficPolicy', internalTrafficPolicy, ['Cluster', 'Local']));
  return [...errors, ...ports.flatMap((port, at) => portErrors(port, at, ports, type))];
}

function portErrors(port: ServicePort, at: number, ports: readonly ServicePort[], type: string | undefined): string[] {
  const path = `spec.ports[${at}]`;
  const errors: string[] = [];
  const before = ports.slice(0, at);
  if (ports.length > 1 && port.name === undefined) errors.push(`${path}.name: Required value`);
  if (port.name !== undefined && before.some(({ name }) => name === port.name)) errors.push(`${path}.name: Duplicate value: "${port.name}"`);
  if (!isPort(port.port)) errors.push(`${path}.port: Invalid value: ${port.port}: must be between 1 and 65535, inclusive`);
  if (typeof port.targetPort === 'number' && !isPort(port.targetPort)) errors.push(`${path}.targetPort: Invalid value: ${port.targetPort}: must be between 1 and 65535, inclusive`);
  errors.push(...unsupported(`${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']));
  if (before.some((other) => other.port === port.port && (other.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))) {
    errors.push(`${path}: Duplicate value: {"protocol":"${port.protocol ?? 'TCP'}","port":${port.port},"targetPort":0}`);
  }
  if ((type === undefined || type === 'ClusterIP') && (port.nodePort ?? 0) !== 0) errors.push(`${path}.nodePort: Forbidden: may not be used when \`type\` is 'ClusterIP'`);
  return errors;
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}

/** What a Service asks for by number that it cannot have: a port of the nodes or an address that is taken or beyond those given out. */
export function allocationErrors(store: ObjectStore, service: Service, current: Service | null): string[] {
  const errors: string[] = [];
  const others = store.list('Service', null).filter(({ metadata }) => metadata.uid !== current?.metadata.uid || current === null);
  const taken = new Set(others.flatMap(({ spec }) => (spec?.ports ?? []).map((port) => `${port.nodePort ?? 0}`)));
  const own = new Set(current?.spec?.ports?.map(({ nodePort }) => nodePort));
  (service.spec?.ports ?? []).forEach(({ nodePort = 0 }, at) => {
    const refused = (why: string): number => errors.push(`spec.ports[${at}].nodePort: Invalid value: ${nodePort}: ${why}`);
    if (nodePort === 0 || own.has(nodePort)) return;
    if (nodePort < 30_000 || nodePort > 32_767) refused('provided port is not in the valid range. The range of valid ports is 30000-32767');
    else if (taken.has(`${nodePort}`)) refused('provided port is already allocated');
  });
  const address = service.spec?.clusterIP ?? '';
  // One that has an address may not change it, which is said elsewhere.
  const given = (current?.spec?.clusterIP ?? '') !== '';
  if (address === '' || address === 'None' || given || service.spec?.type === 'ExternalName') return errors;
  const failed = (why: string): number => errors.push(`spec.clusterIPs: Invalid value: ["${address}"]: failed to allocate IP ${address}: ${why}`);
  if (!/^10\.(?:9[6-9]|10\d|11[01])\.\d{1,3}\.\d{1,3}$/.test(address)) failed(`the provided IP (${address}) is not in the valid range. The range of valid IPs is 10.96.0.0/12`);
  else if (others.some(({ spec }) => spec?.clusterIP === address)) failed('provided IP is already allocated');
  return errors;
}

/**
 * An updated spec with what was given to the Service before and is not asked for anew: its address and its ports of the
 * nodes. What belongs to the old type alone is dropped where the type changes and the client left it as it was.
 */
export function keptServiceSpec(given: ServiceSpec | undefined, before: ServiceSpec | undefined): ServiceSpec | undefined {
  if (given === undefined || before === undefined) return given;
  const next = { ...given };
  if (next.type === 'ExternalName') {
    if (next.clusterIP === before.clusterIP || next.clusterIP === '') for (const field of ADDRESS_FIELDS) delete next[field];
  } else if (before.type !== 'ExternalName' && (next.clusterIP === undefined || next.clusterIP === '')) {
    if (before.clusterIP !== undefined) next.clusterIP = before.clusterIP;
    if (before.clusterIPs !== undefined) next.clusterIPs = before.clusterIPs;
  } else if (next.clusterIP === '') for (const field of ADDRESS_FIELDS) delete next[field];
  if (!opensNodes(next) && opensNodes(before)) for (const field of NODE_FIELDS) if (next[field] === before[field]) delete next[field];
  if (next.type !== 'LoadBalancer' && next.allocateLoadBalancerNodePorts === before.allocateLoadBalancerNodePorts) delete next.allocateLoadBalancerNodePorts;
  if (next.externalName === '') delete next.externalName;
  if (next.ports !== undefined) next.ports = next.ports.map((port) => withNodePort(port, next, before));
  return next;
}

const ADDRESS_FIELDS = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy'] as const;
const NODE_FIELDS = ['externalTrafficPolicy', 'healthCheckNodePort'] as const;

function opensNodes({ type }: ServiceSpec): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function withNodePort(port: ServicePort, next: ServiceSpec, before: ServiceSpec): ServicePort {
  const was = before.ports?.find((one) => one.port === port.port && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP'))?.nodePort;
  if (opensNodes(next)) return (port.nodePort ?? 0) === 0 && was !== undefined ? { ...port, nodePort: was } : port;
  if (port.nodePort === undefined || port.nodePort !== was) return port;
  const { nodePort: _closed, ...rest } = port;
  return rest;
}
