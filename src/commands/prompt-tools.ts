import { digest } from '../time/dice.ts';
import type { ToolEnd } from '../drill/drill.ts';
import { pipe } from '../drill/tools/pipe.ts';
import { plainText } from '../drill/tools/plain-text.ts';
import { splitLine } from '../drill/tools/words.ts';
import { startProgram } from '../outside/program.ts';
import { safeLines } from '../ui/safe-text.ts';

/** So many lines of what a program prints are kept, the newest. */
const MOST_LINES = 5_000;
/** So many go into the timeline. */
const TAIL_LINES = 40;

/** What a line wants to be run, or a sentence why not. */
export type Plan = { readonly program: string; readonly words: readonly string[]; readonly filters: readonly (readonly string[])[] } | { readonly refusal: string };

/** A program while it runs. */
export interface ToolRun {
  readonly seq: number;
  readonly atMs: number;
  readonly line: string;
  /** What it printed so far, harmless for a terminal. */
  readonly text: readonly string[];
  readonly ended: Promise<ToolEnd>;
  /** First asks it to stop, then ends it. */
  stop(): void;
}

/**
 * The real programs behind a seat's prompt. A line is cut into words as the drill's own tools cut theirs and never goes
 * through a shell: what may follow a pipe are the drill's own filters. Who wants a shell has `!`.
 */
export class PromptTools {
  readonly #programs: ReadonlyMap<string, string>;
  readonly #env: NodeJS.ProcessEnv;

  /** `programs` are paths by name, such as `kubectl`; `env` is what they run with: it names the drill's cluster, and no other. */
  constructor(programs: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv) {
    this.#programs = programs;
    this.#env = env;
  }

  /** Null where the line is none of these programs'. */
  plan(line: string): Plan | null {
    const typed = line.trim().replace(/^k(?=\s|$)/, 'kubectl');
    const program = this.#programs.get(/^\S*/.exec(typed)?.[0] ?? '');
    if (program === undefined) return null;
    const split = splitLine(typed);
    if ('refusal' in split) return split;
    const [[, ...words] = [], ...filters] = split.stages;
    const unfit = filters.length === 0 ? null : pipe([], filters);
    if (unfit !== null && 'refusal' in unfit) return { refusal: `${unfit.refusal} Your own shell takes the whole line: !${typed}` };
    const refusal = refusalOf(words, typed);
    return refusal === null ? { program, words, filters } : { refusal };
  }

  run(plan: Plan, { seq, atMs, line }: Pick<ToolRun, 'seq' | 'atMs' | 'line'>, onOutput: () => void): ToolRun {
    if ('refusal' in plan) {
      const text = [plan.refusal];
      return { seq, atMs, line, text, ended: Promise.resolve({ exit: 1, lines: 1, shown: digest(plan.refusal), tail: text }), stop: () => undefined };
    }
    const printed = new Printed();
    const filtered = plan.filters.length > 0;
    const running = startProgram(plan.program, plan.words, this.#env, (chunk) => {
      printed.add(chunk);
      if (!filtered) onOutput();
    });
    let text: readonly string[] = filtered ? [] : printed.lines;
    const ended = running.ended.then((exit) => {
      const piped = filtered ? pipe(printed.all(), plan.filters) : { text: printed.all(), exitCode: exit };
      text = 'refusal' in piped ? [piped.refusal] : piped.text;
      return { exit: 'refusal' in piped ? 1 : piped.exitCode, lines: text.length, shown: digest(text.join('\n')), tail: text.slice(-TAIL_LINES) };
    });
    return { seq, atMs, line, ended, stop: () => running.stop(), get text() { return text; } };
  }
}

/** Lines out of a stream, the newest kept. What would move a terminal's cursor or change its colours is taken out. */
class Printed {
  readonly lines: string[] = [];
  #rest = '';

  add(chunk: string): void {
    const parts = (this.#rest + chunk).split('\n');
    this.#rest = parts.pop() as string;
    for (const part of parts) this.#push(part);
    if (this.lines.length > MOST_LINES + 500) this.lines.splice(0, this.lines.length - MOST_LINES);
  }

  /** Everything, when no more comes. */
  all(): readonly string[] {
    if (this.#rest !== '') this.#push(this.#rest);
    this.#rest = '';
    return this.lines;
  }

  #push(line: string): void {
    for (const one of safeLines(line.replace(/\r+$/, ''))) this.lines.push(plainText(one));
  }
}

/** Flags that would reach another cluster than the drill's. */
const ELSEWHERE = /^(?:--(?:kubeconfig|server|cluster|kube-apiserver|kube-context|kube-token|token|user)(?:=|$)|-s(?:$|[^-]))/;

/** Why a line is not run from the prompt; null where it is. */
function refusalOf(words: readonly string[], typed: string): string | null {
  const verb = words.find((word) => !word.startsWith('-'));
  const ownWords = words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  const other = ownWords.find((word) => ELSEWHERE.test(word));
  if (other !== undefined) return `The prompt speaks to the drill's own cluster alone, so ${other} is not to be had here.`;
  const interactive = verb === 'edit' || (INTERACTIVE.has(verb ?? '') && ownWords.some((word) => /^(?:-[a-z]*[it][a-z]*|--stdin|--tty)(?:=true)?$/.test(word)));
  return interactive ? `That needs a terminal of its own. Give it one with: !${typed}` : null;
}

const INTERACTIVE: ReadonlySet<string> = new Set(['exec', 'attach', 'run', 'debug']);
