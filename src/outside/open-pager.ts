import { join } from 'node:path';
import type { Pager, PagerListener } from '../paging/pager.ts';
import { LocalPager } from './local-pager.ts';
import { readLeftovers } from './page-ledger.ts';
import { readPagerDutySettings } from './pagerduty-settings.ts';
import { stateFolder } from './state-folder.ts';

interface PagerSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly listener: PagerListener;
  /** Puts characters on the terminal. */
  readonly write: (text: string) => void;
}

/**
 * The pager of a drill, or one sentence why there is none. Pages that an earlier run left open in PagerDuty begin to be
 * resolved, whichever pager was asked for. pdjs is loaded only where it is needed.
 */
export async function openPager(
  kind: 'local' | 'pagerduty',
  surroundings: PagerSurroundings,
): Promise<{ readonly pager: Pager } | { readonly problem: string }> {
  const { env, listener, write } = surroundings;
  const ledgerFolder = pageLedgerFolder(env);
  const forgotten = hasLeftovers(ledgerFolder);
  const local = new LocalPager(write);
  if (kind === 'local' && !forgotten) return { pager: local };
  const read = readPagerDutySettings(env);
  if ('problem' in read) {
    if (kind === 'pagerduty') return read;
    listener.onTrouble(`An earlier drill may have left pages open in PagerDuty, and they cannot be resolved now. ${read.problem}`);
    return { pager: local };
  }
  const { PagerDutyPager } = await import('./pagerduty-pager.ts');
  const pagerDuty = new PagerDutyPager({ settings: read.settings, ledgerFolder, listener });
  return { pager: kind === 'pagerduty' ? pagerDuty : closingBoth(local, pagerDuty) };
}

/** One sentence why pages could not go out that way, or null: to be asked before anything is begun. */
export function whyNoPager(kind: 'local' | 'pagerduty', env: PagerSurroundings['env']): string | null {
  const read = kind === 'local' ? null : readPagerDutySettings(env);
  return read !== null && 'problem' in read ? read.problem : null;
}

/** Where the ledgers of open pages lie. */
export function pageLedgerFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(stateFolder(env), 'pages');
}

function hasLeftovers(folder: string): boolean {
  try {
    return readLeftovers(folder).some((leftover) => leftover.owner === 'ended' && leftover.pages.length > 0);
  } catch {
    return false;
  }
}

/** Pages locally; the other one only resolves what was left behind, and is waited for at the end. */
function closingBoth(local: LocalPager, other: Pager): Pager {
  return {
    trigger: (page) => local.trigger(page),
    acknowledge: (page) => local.acknowledge(page),
    resolve: (page) => local.resolve(page),
    close: async () => {
      await Promise.all([local.close(), other.close()]);
    },
  };
}
