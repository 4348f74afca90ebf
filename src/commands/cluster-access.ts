import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Drill } from '../drill/drill.ts';
import type { SeatId, TimelineHeader } from '../journal/timeline.ts';
import { findProgram, runOnTerminal } from '../outside/program.ts';
import { stateFolder } from '../outside/state-folder.ts';
import type { LiveDrill } from './live-drill.ts';
import type { PlayOptions } from './play-choice.ts';
import { PromptTools } from './prompt-tools.ts';
import type { RestDoor } from './rest-door.ts';
import { ServedDrill } from './served-drill.ts';

/** The seat of whoever sits at this terminal. */
export const YOUR_SEAT: SeatId = 'responder-1';

/** How the person at this terminal reaches the drill's cluster: by the prompt, by their own clients, by a shell. */
interface Access {
  readonly kubeconfig: string;
  readonly tools: PromptTools;
  /** True while a shell has the terminal. */
  readonly onTerminal: boolean;
  attach(live: LiveDrill): void;
  /** Opens the person's own shell, or runs a command in it; settles when it ended. */
  shell(command: string): Promise<void>;
  close(): Promise<void>;
}

/** Serves the drill's cluster and finds the programs for its prompt. The problem is a sentence. */
export async function openAccess({ drill, door, header, namespace, kubectl, role }: {
  readonly drill: Drill;
  readonly door: RestDoor;
  readonly header: TimelineHeader;
  readonly namespace: string;
  readonly kubectl: PlayOptions['kubectl'];
  readonly role: string;
}): Promise<Access | { readonly problem: string }> {
  const programs = kubectl === 'small' ? new Map<string, string>() : programsOf(process.env);
  const problem = whyNoPrograms(kubectl) ?? drill.openApi(door, YOUR_SEAT, { user: YOUR_SEAT, role });
  if (problem !== null) return { problem };
  const folder = join(stateFolder(process.env), 'kubeconfigs');
  let served: ServedDrill;
  try {
    served = await ServedDrill.open({ drill, door, name: header.drillId, namespace, folder, seats: [YOUR_SEAT] });
  } catch (error) {
    return { problem: `The drill's cluster cannot be served on this machine: ${error instanceof Error ? error.message : String(error)}` };
  }
  const files = served.kubeconfigs.get(YOUR_SEAT) ?? { own: '', prompt: '' };
  const cache = join(folder, `${header.drillId}-cache`);
  const withConfig = (file: string): NodeJS.ProcessEnv => ({ ...process.env, KUBECONFIG: file, KUBECACHEDIR: cache });
  let [live, onTerminal]: [LiveDrill | null, boolean] = [null, false];
  return {
    kubeconfig: files.own,
    tools: new PromptTools(programs, withConfig(files.prompt)),
    get onTerminal() {
      return onTerminal;
    },
    attach: (playing) => {
      live = playing;
      served.attach(playing);
    },
    shell: async (command) => {
      onTerminal = true;
      const env = withConfig(command === '' ? files.own : files.prompt);
      // What a shell ends with says nothing: that of its last command.
      await live?.onTerminal(`!${command}`, async () => (command === '' ? ownShell('', env).then(() => null) : ownShell(command, env)));
      onTerminal = false;
    },
    close: async () => {
      await served.close();
      rmSync(cache, { recursive: true, force: true });
    },
  };
}

/** Why the prompt cannot be as it was asked for, in a sentence; null where it can. */
export function whyNoPrograms(kubectl: PlayOptions['kubectl']): string | null {
  const missing = kubectl === 'real' && !programsOf(process.env).has('kubectl');
  return missing ? 'There is no kubectl on this machine. Install one, name it in GAMEDAY_KUBECTL, or play with --kubectl small.' : null;
}

/** The programs that the prompt runs where this machine has them. */
function programsOf(env: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of ['kubectl', 'helm'] as const) {
    const path = findProgram(name, env);
    if (path !== null) found.set(name, path);
  }
  return found;
}

function ownShell(command: string, env: NodeJS.ProcessEnv): Promise<number> {
  const shell = process.platform === 'win32' ? (env['COMSPEC'] ?? 'cmd.exe') : (env['SHELL'] ?? '/bin/sh');
  if (command === '') {
    process.stdout.write('Your shell, with the cluster of the drill. The drill goes on; exit comes back to it.\n');
    return runOnTerminal(shell, [], env);
  }
  return runOnTerminal(shell, [process.platform === 'win32' ? '/c' : '-c', command], env).then(async (code) => {
    process.stdout.write(`\n[${code === 0 ? 'done' : `exit ${code}`}; Enter comes back to the drill] `);
    await lineOfInput();
    return code;
  });
}

function lineOfInput(): Promise<void> {
  return new Promise((resolve) => {
    process.stdin.resume().once('data', () => {
      process.stdin.pause();
      resolve();
    });
  });
}
