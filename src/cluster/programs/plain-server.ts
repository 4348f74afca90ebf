import { text } from '../containers/servers.ts';
import type { Call } from '../shell/machine.ts';
import type { Steps } from '../shell/process.ts';

/** Serves HTTP on some ports until it is told to end. */
export function* listenHttp(call: Call, ports: readonly number[]): Steps {
  for (const port of ports) call.machine.listen(port, { speaks: 'http', answer: ({ method, path }) => text(200, `${method} ${path}\n`) });
  const told: string[] = [];
  for (const signal of ['TERM', 'INT'] as const) call.task.handlers.set(signal, () => told.push(signal));
  while (told.length === 0) yield Infinity;
  return 0;
}
