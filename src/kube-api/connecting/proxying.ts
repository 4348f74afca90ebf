import type { KindMap } from '../../cluster/objects.ts';
import type { PodRequest, PodTarget } from '../../cluster/processes.ts';
import { notFound } from '../../cluster/refusals.ts';
import { badRequest, failure, refused, text, type Answer, type Request } from '../answer.ts';
import { kubelet } from './kubelet-api.ts';
import type { Projection } from '../reading/projection.ts';
import type { Scope } from '../reading/reading.ts';
import { proxiedPath } from '../route.ts';
import type { ServedCluster } from '../served-cluster.ts';

type Named = Scope & { readonly name: string };

/** `pods/…/proxy`, `services/…/proxy` and `nodes/…/proxy`: what is behind answers. */
export function proxy(cluster: ServedCluster, projection: Projection, scope: Named, request: Request): Answer {
  const path = proxiedPath(request.path);
  const query = request.query.size === 0 ? '' : `?${request.query.toString()}`;
  const address = addressIn(scope.name);
  if (address === null) return badRequest(`invalid ${scope.resource.kind.toLowerCase()} request ${JSON.stringify(scope.name)}`);
  // Links on a page are relative to its folder: see the issue 4958 that the real server names here. Only what is looked at is a page.
  if (path === '' && (request.method === 'GET' || request.method === 'HEAD')) return text(301, '', 'text/plain; charset=utf-8', { location: `${encodeURI(request.path)}/${query}` });
  if (scope.resource.kind === 'Node') return kubelet(cluster, projection, address.name, path, request);
  const found = scope.resource.kind === 'Pod' ? podAt(cluster, scope.namespace ?? '', address) : endpointAt(cluster, scope.namespace ?? '', scope.name, address);
  if ('kind' in found) return found;
  const { target, port, ip } = found;
  if (!(Number.isInteger(port) && port > 0 && port < 65_536)) return unavailable(`error trying to reach service: dial tcp: lookup tcp/${address.port}: unknown port`);
  if (cluster.processes.listener(target, port) !== 'http') return unavailable(`error trying to reach service: dial tcp ${ip}:${port}: connect: connection refused`);
  const asked: PodRequest = { method: request.method, path: encodeURI(path).replace(/[?#]/g, encodeURIComponent) + query, headers: passedOn(request), body: request.body };
  return { kind: 'later', ask: (respond) => cluster.processes.request(target, port, asked, respond) };
}

interface Address {
  readonly name: string;
  /** A number or the name of a port; empty where none is given. */
  readonly port: string;
}

interface Reached {
  readonly target: PodTarget;
  readonly port: number;
  readonly ip: string;
}

/** `name`, `name:port`, `https:name:` or `https:name:port`; null for anything else. As SplitSchemeNamePort of k8s.io/apimachinery has it. */
function addressIn(id: string): Address | null {
  const parts = id.split(':');
  if (parts.length === 1) return { name: id, port: '' };
  const [scheme, name, port] = parts.length === 2 ? ['', ...parts] : parts;
  if (parts.length > 3 || name === undefined || name === '' || (scheme !== '' && scheme !== 'http' && scheme !== 'https')) return null;
  return { name, port: port ?? '' };
}

/** Words of `ResourceLocation` in pkg/registry/core/pod/strategy.go. */
function podAt({ store }: ServedCluster, namespace: string, { name, port }: Address): Reached | Answer {
  const pod = store.get('Pod', namespace, name);
  if (pod === undefined) return refused(notFound('Pod', name).status);
  const ip = pod.status?.podIP ?? '';
  if (ip === '') return badRequest('address not allowed');
  const first = pod.spec?.containers.find(({ ports = [] }) => ports.length > 0)?.ports?.[0]?.containerPort ?? 80;
  return { target: { namespace, pod: name }, port: port === '' ? first : Number(port), ip };
}

/** A ready address behind a Service's port. Words of `ResourceLocation` in pkg/registry/core/service/storage. */
function endpointAt({ store, clock }: ServedCluster, namespace: string, id: string, { name, port }: Address): Reached | Answer {
  const service = store.get('Service', namespace, name);
  if (service === undefined) return refused(notFound('Service', name).status);
  let portName = port;
  if (/^\d+$/.test(port)) {
    const found = service.spec?.ports?.find((one) => one.port === Number(port));
    if (found === undefined) return unavailable(`no service port ${Number(port)} found for service ${JSON.stringify(name)}`);
    portName = found.name ?? '';
  }
  const subsets: Subset[] = store.get('Endpoints', namespace, name)?.subsets ?? [];
  if (subsets.length === 0) return unavailable(`no endpoints available for service ${JSON.stringify(name)}`);
  for (const { addresses = [], ports = [] } of subsets) {
    const open = ports.find((one) => (one.name ?? '') === portName);
    // The real server draws one; here time does, so that the same request at the same time finds the same.
    const address = addresses[Math.abs(clock.nowMs) % Math.max(1, addresses.length)];
    if (open === undefined || address === undefined) continue;
    if (address.targetRef?.kind !== 'Pod') return unavailable(`error trying to reach service: dial tcp ${address.ip}:${open.port}: i/o timeout`);
    return { target: { namespace: address.targetRef.namespace ?? namespace, pod: address.targetRef.name ?? '' }, port: open.port, ip: address.ip };
  }
  return unavailable(`no endpoints available for service ${JSON.stringify(id)}`);
}

type Subset = NonNullable<KindMap['Endpoints']['subsets']>[number];

/** The headers of a request without what was meant for this server alone. */
function passedOn({ headers }: Request): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined && !KEPT.has(name) && !name.startsWith('impersonate-')) passed[name] = value;
  return passed;
}

const KEPT = new Set(['authorization', 'connection', 'keep-alive', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

function unavailable(message: string): Answer {
  return failure({ code: 503, reason: 'ServiceUnavailable', message });
}
