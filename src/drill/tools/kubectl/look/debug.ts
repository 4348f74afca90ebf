import { digest } from '../../../../time/dice.ts';
import { targetName } from '../call.ts';
import type { Call } from '../call.ts';
import { findOne, readTargets } from '../targets.ts';
import { textOf } from './exec.ts';

/** `kubectl debug node/NAME --image=… -- COMMAND`: runs one command on a node, and shows what it wrote. The node's root is at /host. */
export function debug(call: Call): void {
  const { answer, args, behindDash, context, flags } = call;
  const image = flags.value('image');
  if (image === null) return answer.fail('error: you must specify --image, --target or --copy-to when debugging a Pod');
  const named = args.slice(0, args.length - (behindDash?.length ?? 0));
  const targets = readTargets(call.api, named, 'Pod');
  if ('error' in targets) return answer.fail(targets.error);
  const [target] = targets;
  if (target === undefined || target.name === null) return answer.fail('error: NAME or TYPE/NAME is required for debug');
  if (target.kind !== 'Node') return answer.fail('error: only nodes can be debugged at this prompt; your own kubectl debugs pods, too. Look into a pod: kubectl exec POD -- COMMAND');
  if (findOne(call, target.kind, target.name) === null) return;
  const command = behindDash ?? [];
  if (command.length === 0 || /(?:^|\s)(?:sh|bash|ash|\/host)$/.test(command.join(' '))) return answer.fail(`error: there is no terminal at this prompt. Run one command: kubectl debug node/${target.name} --image=busybox -- chroot /host COMMAND; your own kubectl gives you a shell.`);
  answer.observed({ kind: 'state', target: targetName('Node', target.name), tool: 'kubectl debug' });
  answer.print(`Creating debugging pod node-debugger-${target.name}-${digest(`${target.name}/${context.nowMs}`).slice(0, 5)} with container debugger on node ${target.name}.`);
  if (context.tryOnly === true || context.executeOnNode === undefined) return;
  const { out, error, code, refusal } = context.executeOnNode(target.name, image, command);
  if (refusal !== null) return answer.fail('error: timed out waiting for the condition');
  for (const text of [out, error]) if (text !== '') answer.print(textOf(text).replace(/\n$/, ''));
  if (code !== 0) answer.badNews(code === null ? 'error: the command had not ended after a quarter of an hour, and was left alone' : `command terminated with exit code ${code}`);
}
