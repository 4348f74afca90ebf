import { compareTexts } from '../../../../time/text-order.ts';
import { RESOURCES } from '../../../../cluster/objects.ts';
import type { Resource } from '../../../../cluster/objects.ts';
import type { Call } from '../call.ts';
import { CONTEXT_NAME } from '../flags.ts';
import { table } from '../layout/tab-writer.ts';

/** `kubectl version`: the server's is that of its nodes' kubelets. */
export function version(call: Call): void {
  const kubelet = call.api.list('Node', null)[0]?.status?.nodeInfo?.kubeletVersion ?? 'v1.32.0';
  call.answer.print('Client Version: v1.32.0');
  if (!call.flags.on('client')) call.answer.print(`Server Version: ${kubelet}`);
}

/** `kubectl config`: there is one context, and it cannot be left. */
export function config(call: Call): void {
  const { answer, args, namespace } = call;
  if (args[0] === 'current-context') return answer.print(CONTEXT_NAME);
  if (args[0] === 'get-contexts') return answer.print(...table(['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'], [['*', CONTEXT_NAME, CONTEXT_NAME, 'responder', namespace]]));
  answer.fail(`error: the context is "sandbox" and its namespace "${namespace}"; neither can be changed. Give another namespace with each command: -n NAMESPACE`);
}

export function clusterInfo(call: Call): void {
  const nodes = call.api.list('Node', null).length;
  call.answer.print(`Kubernetes control plane is running at https://kubernetes.default.svc`, `${nodes} node${nodes === 1 ? '' : 's'}, ${call.api.list('Namespace', null).length} namespaces`);
}

/** `kubectl api-resources`. */
export function apiResources(call: Call): void {
  const rows = Object.values(RESOURCES).toSorted((left, right) => compareTexts(left.apiVersion, right.apiVersion) || compareTexts(left.plural, right.plural))
    .map((resource: Resource) => [resource.plural, resource.short.join(','), resource.apiVersion, String(resource.namespaced), resource.kind]);
  call.answer.print(...table(call.flags.on('no-headers') ? null : ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'], rows));
}
