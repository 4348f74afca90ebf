import type { AccountClient } from '../containers/account-client.ts';
import type { ApiResult } from '../api.ts';
import { type CustomKind, type CustomObject, shownKind } from '../custom-kind.ts';
import { refOf } from '../deletion.ts';
import { sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { type Child, childrenOf, specOfCluster } from './database-cluster.ts';

/** Where an operator tells what it does, beside events. */
export interface OperatorLog {
  info(message: string, of: CustomObject, more?: Readonly<Record<string, string>>): void;
}

/** What an operator signs its events with. */
const COMPONENT = 'postgres-operator';

/** Brings the objects of a custom object to what its spec says, and its status to what became of it. Returns what the API server refused; null where all went well. */
export function reconcile(client: AccountClient, kind: CustomKind, key: string, nowText: string, log: OperatorLog): string | null {
  const [namespace = '', name = ''] = key.split('/');
  const found = client.get(kind, namespace, name);
  if (!found.ok) return found.status.code === 404 ? null : found.status.message;
  const cluster = found.object;
  if (cluster.metadata.deletionTimestamp !== undefined || specOfCluster(cluster).paused === true) return null;
  let problem: string | null = null;
  for (const child of childrenOf(cluster, shownKind(kind))) {
    problem = ensure(client, cluster, child, log);
    if (problem !== null) break;
  }
  if (problem !== null) client.record(cluster, 'Warning', 'ReconcileFailed', problem, COMPONENT);
  const set = client.get('StatefulSet', namespace, name);
  const refused = client.updateStatus({ kind, namespace, name }, statusOf(cluster, set.ok ? set.object : undefined, problem, nowText));
  return problem ?? refused?.status.message ?? null;
}

/** Makes a child, or makes it what it has to be. Returns the API server's refusal. */
function ensure(client: AccountClient, cluster: CustomObject, child: Child, log: OperatorLog): string | null {
  const ref = refOf(child);
  const found = client.get(child.kind, ref.namespace, ref.name);
  if (!found.ok) return found.status.code === 404 ? created(client, cluster, child, log) : found.status.message;
  // One that is going is made anew when it has gone.
  if (found.object.metadata.deletionTimestamp !== undefined) return null;
  const wanted = merged(found.object, child);
  const tried = client.update(wanted, { dryRun: true });
  if (tried.ok) {
    if (sameJson(tried.object, found.object)) return null;
    return told(client.update(wanted), () => {
      log.info('updated', cluster, { kind: child.kind, child: ref.name });
      client.record(cluster, 'Normal', 'Updated', `${child.kind} ${ref.name} updated`, COMPONENT);
    });
  }
  if (child.kind !== 'StatefulSet' || !/updates to statefulset spec for fields other than/.test(tried.status.message)) return tried.status.message;
  // Claim templates cannot be changed: the set is made anew around its pods.
  const gone = client.delete(ref, { propagation: 'Orphan' });
  if (!gone.ok) return gone.status.message;
  log.info('recreating', cluster, { kind: child.kind, child: ref.name });
  return client.get(child.kind, ref.namespace, ref.name).ok ? null : created(client, cluster, child, log);
}

function created(client: AccountClient, cluster: CustomObject, child: Child, log: OperatorLog): string | null {
  return told(client.create(child), () => {
    log.info('created', cluster, { kind: child.kind, child: child.metadata.name });
    client.record(cluster, 'Normal', 'Created', `${child.kind} ${child.metadata.name} created`, COMPONENT);
  });
}

function told(result: ApiResult<unknown>, say: () => void): string | null {
  if (!result.ok) return result.status.message;
  say();
  return null;
}

/** The child as it has to be, with what only the server and people's notes know of it as it is. */
function merged(now: Child, wanted: Child): Child {
  const metadata = { ...now.metadata, labels: { ...now.metadata.labels, ...wanted.metadata.labels }, ownerReferences: wanted.metadata.ownerReferences ?? [] };
  if (now.kind === 'StatefulSet' && wanted.kind === 'StatefulSet') {
    const annotations = now.spec?.template.metadata?.annotations;
    const template = { ...wanted.spec?.template, metadata: { ...wanted.spec?.template.metadata, ...(annotations === undefined ? {} : { annotations }) } };
    return { ...now, metadata, spec: { ...wanted.spec, template } as NonNullable<typeof wanted.spec> };
  }
  if (now.kind === 'Service' && wanted.kind === 'Service') return { ...now, metadata, spec: { ...now.spec, ...wanted.spec } };
  return { ...now, metadata, data: (wanted as KindMap['ConfigMap']).data ?? {} } as Child;
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
}

function statusOf(cluster: CustomObject, set: KindMap['StatefulSet'] | undefined, problem: string | null, now: string): object {
  const before = (cluster.status as { conditions?: readonly Condition[]; observedGeneration?: number } | undefined) ?? {};
  const observedGeneration = cluster.metadata.generation ?? 1;
  const wanted = specOfCluster(cluster).replicas ?? 1;
  const ready = set?.status?.readyReplicas ?? 0;
  const condition = (type: string, isSo: boolean, reason: string, message: string): Condition => {
    const status = isSo ? 'True' : 'False';
    const was = before.conditions?.find((one) => one.type === type);
    return { type, status, reason, message, observedGeneration, lastTransitionTime: was?.status === status ? was.lastTransitionTime : now };
  };
  return {
    observedGeneration: problem === null ? observedGeneration : (before.observedGeneration ?? 0), replicas: set?.status?.replicas ?? 0, readyReplicas: ready,
    conditions: [
      condition('Reconciled', problem === null, problem === null ? 'Succeeded' : 'ReconcileFailed', problem ?? ''),
      condition('Ready', ready >= wanted, ready >= wanted ? 'AllReplicasReady' : 'ReplicasNotReady', `${ready} of ${wanted} replicas are ready`),
    ],
  };
}
