import type { AccountClient } from '../containers/account-client.ts';
import type { Call } from '../shell/machine.ts';
import { resolvePath } from '../shell/file-system.ts';
import type { Steps } from '../shell/process.ts';
import { textFromBytes } from '../shell/streams.ts';

/** Whether a script in Python is one that asks the API: its client is imported there. */
export function asksApi(script: string): boolean {
  return /from kubernetes import client|import kubernetes/.test(script);
}

/** The text of a script that an interpreter is given by its name, without its comments. */
export function scriptText({ machine, cwd }: Call, name: string): string {
  const node = machine.files.find(resolvePath(cwd, name));
  return node?.type === 'file' ? textFromBytes(node.bytes).replaceAll(/^\s*#.*$/gm, '') : '';
}

/**
 * A Python script that lists objects over and over: how many threads do so (`max_workers`), which objects
 * (`list_pod_for_all_namespaces`) and how long each rests (`time.sleep`) is what its text says. It runs until it is ended.
 */
export function* pollApi(call: Call, script: string, account: AccountClient): Steps {
  const workers = Number(/max_workers\s*=\s*(\d+)/.exec(script)?.[1] ?? 1);
  const pauseMs = Number(/time\.sleep\((\d+(?:\.\d+)?)\)/.exec(script)?.[1] ?? 0) * 1000;
  const [, singular = 'pod', all] = /list_(?:namespaced_)?([a-z_]+?)(_for_all_namespaces)?\(/.exec(script) ?? [];
  const resource = `${singular.replaceAll('_', '')}s`;
  const told: string[] = [];
  for (const signal of ['TERM', 'INT'] as const) call.task.handlers.set(signal, () => told.push(signal));
  let stop: (() => void) | null = null;
  try {
    while (told.length === 0) {
      const refused = account.mayList(resource, all === undefined ? account.namespace : '');
      if (refused !== null) {
        call.io.stderr.write(`kubernetes.client.exceptions.ApiException: (${refused.status.code})\nReason: ${refused.status.reason}\nHTTP response body: ${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: refused.status.message, reason: refused.status.reason, code: refused.status.code })}\n`);
        return 1;
      }
      stop ??= account.poll({ resource, namespace: all === undefined ? account.namespace : '', workers, pauseMs });
      const { rejectedPerS, dispatchedPerS } = account.fares();
      if (rejectedPerS > 1) call.io.stderr.write(`WARNING urllib3.connectionpool Retry: 429 Too Many Requests (${Math.round(rejectedPerS)}/s), answered ${Math.round(dispatchedPerS)}/s\n`);
      else call.io.stdout.write(`INFO listed ${resource} ${Math.round(dispatchedPerS * 15)} times in 15s with ${workers} workers\n`);
      const untilMs = call.task.nowMs + LOOK_MS;
      while (told.length === 0 && call.task.nowMs < untilMs) yield untilMs - call.task.nowMs;
    }
    return 0;
  } finally {
    stop?.();
  }
}

const LOOK_MS = 15_000;
