import type { Subject } from 'kubernetes-types/rbac/v1';
import type { KindMap } from '../../../../cluster/objects.ts';
import type { AnyObject } from '../../../../cluster/store.ts';
import type { Call } from '../call.ts';
import { printedKind } from '../kinds.ts';
import { findOne, readTargets } from '../targets.ts';
import { dryRunMark, send, slashed } from './write.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** `kubectl create KIND NAME …` for the kinds that its flags say all of. */
export const CREATE_VERBS = { configmap: createConfigMap, cm: createConfigMap, secret: createSecret, serviceaccount: createAccount, sa: createAccount, namespace: createNamespace, ns: createNamespace, rolebinding: createRoleBinding, clusterrolebinding: createClusterRoleBinding };

function createConfigMap(call: Call): void {
  const data = literals(call);
  if (data !== null) made(call, 1, (name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: call.namespace }, data }));
}

function createSecret(call: Call): void {
  const [type, name] = call.args;
  if (type !== 'generic' || name === undefined) return call.answer.fail('error: only generic secrets are made here: kubectl create secret generic NAME --from-literal=KEY=VALUE');
  const data = literals(call);
  if (data !== null) made({ ...call, args: [name] }, 1, () => ({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { name, namespace: call.namespace }, data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encoded(value)])) }));
}

function createAccount(call: Call): void {
  made(call, 1, (name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace: call.namespace } }));
}

function createNamespace(call: Call): void {
  made(call, 1, (name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
}

function createRoleBinding(call: Call): void {
  const bound = binding(call, true);
  if (bound !== null) made(call, 1, (name) => ({ apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata: { name, namespace: call.namespace }, ...bound }));
}

function createClusterRoleBinding(call: Call): void {
  const bound = binding(call, false);
  if (bound !== null) made(call, 1, (name) => ({ apiVersion: `${RBAC}/v1`, kind: 'ClusterRoleBinding', metadata: { name }, ...bound }));
}

/** `kubectl expose TYPE NAME --port=N`: a Service before what a workload's selector finds. */
export function expose(call: Call): void {
  const { answer, args, flags } = call;
  const targets = args.length === 0 ? { error: 'error: You must provide one or more resources by argument or filename.' } : readTargets(call.api, args);
  if ('error' in targets) return answer.fail(targets.error);
  const [target] = targets;
  if (target === undefined || target.name === null) return answer.fail('error: resource(s) were provided, but no name was specified');
  const object = findOne(call, target.kind, target.name) as KindMap['Deployment'] | null;
  if (object === null) return;
  const { selector, template } = object.spec ?? {};
  if (selector?.matchLabels === undefined) return answer.fail(`error: cannot expose a ${printedKind(target.kind)}`);
  const port = flags.value('port') ?? template?.spec?.containers.flatMap(({ ports = [] }) => ports)[0]?.containerPort.toString() ?? null;
  if (port === null) return answer.fail('error: couldn\'t find port via --port flag or introspection');
  const targetPort = flags.value('target-port') ?? port;
  const name = flags.value('name') ?? object.metadata.name;
  const service: KindMap['Service'] = {
    apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: call.namespace, ...(object.metadata.labels === undefined ? {} : { labels: object.metadata.labels }) },
    spec: { selector: selector.matchLabels, ports: [{ port: Number(port), protocol: 'TCP', targetPort: /^\d+$/.test(targetPort) ? Number(targetPort) : targetPort }], ...(flags.value('type') === null ? {} : { type: flags.value('type') as string }) },
  };
  create(call, service, 'exposed');
}

function made(call: Call, names: number, objectOf: (name: string) => AnyObject): void {
  const [name] = call.args;
  if (name === undefined || call.args.length !== names) return call.answer.fail(`error: exactly one NAME is required, got ${call.args.length}`);
  create(call, objectOf(name), 'created');
}

function create(call: Call, object: AnyObject, word: string): void {
  const written = send(call, object, 'create', { undoClass: 'U1', undo: ['delete', slashed(object)] }, (options) => call.api.create(object, options));
  if (written !== null) call.answer.print(`${printedKind(written.kind)}/${written.metadata.name} ${word}${dryRunMark(call)}`);
}

/** What `--from-literal=KEY=VALUE` says; null with the error told. */
function literals({ answer, flags }: Call): Record<string, string> | null {
  if (flags.given('from-file') || flags.given('from-env-file')) {
    answer.fail('error: there are no files here. Say what is in it: --from-literal=KEY=VALUE');
    return null;
  }
  const pairs = flags.values('from-literal').map((text): readonly [string, string] => [text.slice(0, Math.max(0, text.indexOf('='))), text.slice(text.indexOf('=') + 1)]);
  const wrong = pairs.findIndex(([key]) => key === '');
  if (wrong === -1) return Object.fromEntries(pairs);
  answer.fail(`error: invalid literal source ${flags.values('from-literal')[wrong] ?? ''}, expected key=value`);
  return null;
}

/** The role and the subjects that flags name; null with the error told. */
function binding({ answer, flags }: Call, namespaced: boolean): Pick<KindMap['RoleBinding'], 'roleRef' | 'subjects'> | null {
  const [role, clusterRole] = [namespaced ? flags.value('role') : null, flags.value('clusterrole')];
  if ((role === null) === (clusterRole === null)) {
    answer.fail(namespaced ? 'error: exactly one of clusterrole or role must be specified' : 'error: clusterrole must be specified');
    return null;
  }
  const subjects: Subject[] = [
    ...flags.values('user').map((name): Subject => ({ apiGroup: RBAC, kind: 'User', name })),
    ...flags.values('group').map((name): Subject => ({ apiGroup: RBAC, kind: 'Group', name })),
    ...flags.values('serviceaccount').map((text): Subject => ({ kind: 'ServiceAccount', namespace: text.slice(0, text.indexOf(':')), name: text.slice(text.indexOf(':') + 1) })),
  ];
  return { roleRef: { apiGroup: RBAC, kind: role === null ? 'ClusterRole' : 'Role', name: role ?? clusterRole ?? '' }, subjects };
}

function encoded(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
