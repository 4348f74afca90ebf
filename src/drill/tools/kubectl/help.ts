import type { Verb } from './call.ts';
import { GLOBAL_FLAGS } from './flags.ts';
import type { FlagSpec } from './flags.ts';
import { layOut } from './layout/tab-writer.ts';
import { VERBS } from './verbs.ts';

/** What `kubectl --help` answers: every verb in a line. */
export function generalHelp(): readonly string[] {
  const lines = Object.entries(VERBS).map(([name, { summary }]) => `  ${name}\t${summary}`);
  return [
    'kubectl works on the cluster of this drill.', '', 'Usage: kubectl VERB [TYPE] [NAME] [flags]', '',
    ...layOut(lines.join('\n'), { minimum: 0, padding: 2 }), '',
    'All take -n NAMESPACE. Behind it: | grep, head, tail, sort, wc. More on a verb: kubectl VERB --help',
  ];
}

/** What `kubectl get --help` answers. */
export function verbHelp(name: string, verb: Verb): readonly string[] {
  const flags = Object.entries<FlagSpec>({ ...verb.flags, namespace: GLOBAL_FLAGS.namespace })
    .map(([flag, spec]) => `  ${spec.short === undefined ? '    ' : `-${spec.short}, `}--${flag}${spec.takes === 'nothing' ? '' : '=…'}`);
  return [`${verb.summary}.`, '', `Usage: kubectl ${name} ${verb.usage}`.trimEnd(), '', 'Flags:', ...flags];
}
