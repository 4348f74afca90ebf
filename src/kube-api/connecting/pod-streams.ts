import type { KindMap } from '../../cluster/objects.ts';
import { notFound } from '../../cluster/refusals.ts';
import { badRequest, failure, refused, text, type Answer, type Request } from '../answer.ts';
import { hashOf } from '../discovery/discovery.ts';
import { containerOf } from './pod-container.ts';
import { unreachable } from './node-reach.ts';
import { flag } from '../query-flag.ts';
import type { Scope } from '../reading/reading.ts';
import type { ServedCluster } from '../served-cluster.ts';

type Named = Scope & { readonly name: string };

/** `pods/…/exec` and `pods/…/attach`: what is to be connected, or why it cannot be. */
export function podProcess(verb: 'exec' | 'attach', cluster: ServedCluster, scope: Named, request: Request): Answer {
  const { query } = request;
  const command = query.getAll('command');
  const tty = flag(query, 'tty');
  const streams = { stdin: flag(query, 'stdin'), stdout: flag(query, 'stdout'), stderr: flag(query, 'stderr') && !tty, tty };
  const found = reachable(cluster, scope);
  if ('answer' in found) return found.answer;
  const container = containerOf(found.pod, query.get('container') ?? '');
  if ('problem' in container) return badRequest(container.problem);
  if (!wantsUpgrade(request)) return badRequest('Upgrade request required');
  // These are the kubelet's own words, and it speaks plain text.
  if (!streams.stdin && !streams.stdout && !streams.stderr) return text(400, 'you must specify at least one of stdin, stdout, stderr\n');
  const target = { namespace: scope.namespace ?? '', pod: scope.name, container: container.name };
  const options = { stdin: streams.stdin, tty };
  const { processes } = cluster;
  return {
    kind: 'upgrade',
    upgrade: { to: 'process', verb, streams, start: (receiver) => (verb === 'exec' ? processes.exec(target, command, options, receiver) : processes.attach(target, options, receiver)) },
  };
}

/** `pods/…/portforward`. */
export function podPorts(cluster: ServedCluster, scope: Named, request: Request): Answer {
  const found = reachable(cluster, scope);
  if ('answer' in found) return found.answer;
  const ports: number[] = [];
  for (const one of request.query.getAll('ports').flatMap((list) => list.split(','))) {
    const port = Number(one);
    if (!/^\d{1,5}$/.test(one) || port < 1 || port > 65_535) return badRequest(`invalid port ${JSON.stringify(one)}: must be between 1 and 65535, inclusive`);
    ports.push(port);
  }
  if (!wantsUpgrade(request)) return badRequest('Upgrade request required');
  const uid = found.pod.metadata.uid ?? '';
  const sandboxId = [0, 1, 2, 3].map((nth) => hashOf(`${uid}/${nth}`)).join('');
  return { kind: 'upgrade', upgrade: { to: 'ports', target: { namespace: scope.namespace ?? '', pod: scope.name }, sandboxId, ports, processes: cluster.processes } };
}

/** The pod, where it has a node that answers. */
function reachable(cluster: ServedCluster, { namespace, name }: Named): { readonly pod: KindMap['Pod'] } | { readonly answer: Answer } {
  const pod = cluster.store.get('Pod', namespace ?? '', name);
  if (pod === undefined) return { answer: refused(notFound('Pod', name).status) };
  const node = pod.spec?.nodeName ?? '';
  if (node === '') return { answer: badRequest(`pod ${name} does not have a host assigned`) };
  const trouble = unreachable(cluster, node);
  return trouble === null ? { pod } : { answer: failure({ code: 500, reason: 'InternalError', message: `Internal error occurred: error dialing backend: ${trouble}`, details: { causes: [{ message: `error dialing backend: ${trouble}` }] } }) };
}

function wantsUpgrade({ headers }: Request): boolean {
  return /(?:^|,)\s*upgrade\s*(?:,|$)/i.test(headers['connection'] ?? '') && (headers['upgrade'] ?? '') !== '';
}
