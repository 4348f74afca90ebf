import { digest } from '../../time/dice.ts';
import { MINUTE_MS, type SimMs } from '../../time/sim-time.ts';
import { AccountClient } from '../containers/account-client.ts';
import type { Container } from '../containers/container.ts';
import { type CustomObject, customKind, isCustomObject, shownKind } from '../custom-kind.ts';
import type { Kind } from '../objects.ts';
import type { Process, Steps } from '../shell/process.ts';
import type { OperatorSpec } from '../spec.ts';
import type { AnyObject } from '../store.ts';
import { CERTIFICATE_NAME, CERTIFICATES, keepCertificate } from './certificate-keeper.ts';
import { reconcile } from './reconcile.ts';

/** What comes close upon one another is looked at together. */
const SETTLE_MS = 200;
/** How soon it tries again after the API server refused something: twice as long each time. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 4 * MINUTE_MS;
/** It looks at everything anew so often. */
const RESYNC_MS = 10 * MINUTE_MS;

/** The program of an operator's container: it watches its custom objects and what it made of them, until it is told to end. */
export function* runOperator(container: Container, task: Process, { kind: shown, plural, group }: OperatorSpec): Steps {
  const { door, watches } = container.surroundings;
  const kind = customKind({ kind: shown, plural, group, namespaced: true });
  const client = new AccountClient(door, container.pod);
  const told: string[] = [];
  for (const signal of ['TERM', 'INT'] as const) task.handlers.set(signal, () => told.push(signal));
  const due = new Map<string, SimMs>();
  const failures = new Map<string, number>();
  const log = operatorLog(container, shown, group);
  const soon = (key: string): void => {
    due.set(key, Math.min(due.get(key) ?? Infinity, task.nowMs + SETTLE_MS));
    task.wake();
  };
  const stop = watches.follow([kind, ...(group === CERTIFICATES ? (['Secret'] as const) : CHILDREN)], (type, object, previous) => {
    const key = keyOf(object, kind);
    if (key !== null && (type !== 'MODIFIED' || matters(object, previous))) soon(key);
  });
  try {
    log.write({ level: 'info', msg: 'starting manager' });
    log.write({ level: 'info', msg: 'Starting Controller', controller: shown.toLowerCase(), controllerGroup: group, controllerKind: shown });
    let resyncAtMs = task.nowMs;
    while (told.length === 0) {
      if (task.nowMs >= resyncAtMs) {
        resyncAtMs = task.nowMs + RESYNC_MS;
        const listed = client.list(kind, null);
        if (listed.ok) for (const { metadata } of listed.objects) soon(`${metadata.namespace ?? ''}/${metadata.name}`);
        else {
          log.klog(`reflector.go:200] "Failed to watch" err="failed to list ${group}/${plural}: ${listed.status.message.replaceAll('"', '\\"')}" logger="controller-runtime.cache" type="*v1.${shown}"`);
          resyncAtMs = task.nowMs + 20_000;
        }
      }
      for (const [key, atMs] of due) {
        if (atMs > task.nowMs) continue;
        due.delete(key);
        const problem = group === CERTIFICATES ? keepCertificate(client, kind, key, door.clock.unixMs(task.nowMs), log) : reconcile(client, kind, key, door.clock.now(), log);
        const failed = problem === null ? 0 : (failures.get(key) ?? 0) + 1;
        failures.set(key, failed);
        if (problem === null) continue;
        log.error(key, problem);
        due.set(key, task.nowMs + Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * (1 << Math.min(failed - 1, 10))));
      }
      yield Math.min(resyncAtMs, ...due.values()) - task.nowMs;
    }
    log.write({ level: 'info', msg: 'Stopping and waiting for non leader election runnables' });
    return 0;
  } finally {
    stop();
  }
}

const CHILDREN: readonly Kind[] = ['StatefulSet', 'Service', 'ConfigMap'];

/** The custom object that an object is, or belongs to. */
function keyOf({ kind, metadata }: AnyObject, own: Kind): string | null {
  const namespace = metadata.namespace ?? '';
  const certificate = kind === 'Secret' ? metadata.annotations?.[CERTIFICATE_NAME] : undefined;
  if (certificate !== undefined) return `${namespace}/${certificate}`;
  if (kind === own) return `${namespace}/${metadata.name}`;
  const owner = metadata.ownerReferences?.find(({ kind: of, controller }) => controller === true && of === shownKind(own));
  return owner === undefined ? null : `${namespace}/${owner.name}`;
}

/** Whether a write may ask for something to be done: what only a status says does so where it tells of pods that come and go. */
function matters(object: AnyObject, previous: AnyObject | null): boolean {
  if (previous === null || object.metadata.generation !== previous.metadata.generation || object.metadata.deletionTimestamp !== undefined) return true;
  if (object.kind === 'StatefulSet' && previous.kind === 'StatefulSet') return object.status?.readyReplicas !== previous.status?.readyReplicas || object.status?.replicas !== previous.status?.replicas || object.metadata.labels !== previous.metadata.labels;
  return object.kind === 'Service' || object.kind === 'ConfigMap' || object.kind === 'Secret' || (isCustomObject(object) && object.apiVersion.startsWith(`${CERTIFICATES}/`));
}

/** Lines as controller-runtime writes them in production: one JSON object each. */
function operatorLog(container: Container, shown: string, group: string): { info(message: string, of: CustomObject, more?: Readonly<Record<string, string>>): void; error(key: string, problem: string): void; write(line: Readonly<Record<string, unknown>>): void; klog(text: string): void } {
  const now = (): string => new Date(container.unixMs()).toISOString();
  let nth = 0;
  const about = (namespace: string, name: string): Record<string, unknown> => {
    const id = digest(`${container.pod.metadata.uid ?? ''}/${nth++}`);
    return { controller: shown.toLowerCase(), controllerGroup: group, controllerKind: shown, [shown]: { name, namespace }, namespace, name, reconcileID: `${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(1, 4)}-${id.slice(4, 16)}` };
  };
  const write = ({ level, msg, ...rest }: Readonly<Record<string, unknown>>): void => container.log.write('err', `${JSON.stringify({ level, ts: now(), msg, ...rest })}\n`);
  return {
    write,
    info: (message, { metadata }, more = {}) => write({ level: 'info', msg: message, ...about(metadata.namespace ?? '', metadata.name), ...more }),
    error: (key, problem) => {
      const [namespace = '', name = ''] = key.split('/');
      write({ level: 'error', msg: 'Reconciler error', ...about(namespace, name), error: problem });
    },
    klog: (text) => container.log.write('err', `E${now().slice(5, 7)}${now().slice(8, 10)} ${now().slice(11, 23)}000       1 ${text}\n`),
  };
}
