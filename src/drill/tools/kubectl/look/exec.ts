import { selectorOf } from '../selectors.ts';
import { podsOf, targetName } from '../call.ts';
import type { Call } from '../call.ts';
import { printedKind } from '../kinds.ts';
import { findOne, readTargets } from '../targets.ts';

/** `kubectl exec`: runs one command in a container, and shows what it wrote. */
export function exec(call: Call): void {
  const { answer, args, behindDash, context, flags, namespace } = call;
  if (behindDash === null && args.length > 1) return answer.fail('error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
  if (behindDash === null || behindDash.length === 0) return answer.fail('error: you must specify at least one command for the container');
  if (flags.on('tty') && /(?:^|\/)(?:sh|bash|ash|dash|psql|redis-cli|valkey-cli)$/.test(behindDash.join(' '))) return answer.fail('error: there is no terminal at this prompt. Run one command: kubectl exec POD -- COMMAND; your own kubectl gives you a shell.');
  const named = args.slice(0, args.length - behindDash.length);
  const targets = readTargets(call.api, named, 'Pod');
  if ('error' in targets) return answer.fail(targets.error);
  const [target] = targets;
  if (target === undefined || target.name === null) return answer.fail('error: pod, type/name or --filename must be specified');
  const object = findOne(call, target.kind, target.name);
  if (object === null) return;
  const selector = object.kind === 'Pod' ? null : selectorOf(object);
  const pods = object.kind === 'Pod' ? [object] : selector === null ? [] : podsOf(call.api, namespace, selector);
  const pod = pods.find(({ status, metadata }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined) ?? pods[0];
  if (pod === undefined) return answer.fail(`error: cannot exec in ${printedKind(object.kind)}/${target.name}: it selects no pods`);
  if (pod.status?.phase !== 'Running') return answer.fail(`error: cannot exec into a container in a completed pod; current phase is ${pod.status?.phase ?? 'Pending'}`);
  answer.observed({ kind: 'state', target: targetName('Pod', pod.metadata.name), tool: 'kubectl exec' });
  if (context.tryOnly === true) return;
  const container = flags.value('container') ?? pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'] ?? pod.spec?.containers[0]?.name ?? '';
  if (!(pod.spec?.containers ?? []).some(({ name }) => name === container)) return answer.fail(`error: container ${container} is not valid for pod ${pod.metadata.name}`);
  const { out, error, code, refusal } = context.execute({ namespace, pod: pod.metadata.name, container }, behindDash);
  if (refusal !== null) return answer.fail(`error: Internal error occurred: Internal error occurred: error executing command in container: failed to exec in container: ${refusal}`);
  const text = (bytes: string): string => textOf(bytes).replace(/\n$/, '');
  if (out !== '') answer.print(text(out));
  if (error !== '') answer.print(text(error));
  if (code !== 0) answer.badNews(code === null ? 'error: the command had not ended after a quarter of an hour, and was left alone' : `command terminated with exit code ${code}`);
}

/** Bytes as commands write them, as the text that they are. */
export function textOf(bytes: string): string {
  return new TextDecoder().decode(Uint8Array.from(bytes, (one) => one.charCodeAt(0)));
}
