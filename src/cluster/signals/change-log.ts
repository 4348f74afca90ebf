import type { SimMs } from '../../time/sim-time.ts';

/** One entry of the change log: what pipelines, people and schedules did to the cluster. */
export interface ChangeEntry {
  readonly atMs: SimMs;
  readonly who: string;
  readonly what: string;
  /** What one reads who opens it: the text of a plan, a release's revision. Absent where there is no more to say. */
  readonly details?: readonly string[];
}

/** The change log, in order of time. */
export class ChangeLog {
  readonly #entries: ChangeEntry[] = [];

  add(entry: ChangeEntry): void {
    this.#entries.push(entry);
  }

  get entries(): readonly ChangeEntry[] {
    return this.#entries;
  }
}

/** Whether what somebody changes comes from a repository, and is there to be read: people's own hands leave only their names. */
export function isPipeline(who: string): boolean {
  return PIPELINES.has(who);
}

const PIPELINES: ReadonlySet<string> = new Set(['pipeline', 'terraform', 'argocd', 'flux', 'ci', 'helm', 'release-bot']);
