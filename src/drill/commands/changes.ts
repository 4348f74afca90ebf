import type { ChangeEntry } from '../../cluster/signals/change-log.ts';
import { formatInstant, MINUTE_MS } from '../../time/sim-time.ts';
import type { CommandContext } from '../tools/tool.ts';
import { always, type Command } from './command.ts';
import { seen } from './seen.ts';

/** So many entries are opened at once. */
const OPENED = 3;

/** The change log, and what it is made of as it is now: flags, Helm's releases, what differs from the code. */
export const changes: Command = {
  name: 'changes',
  usage: 'changes [WORD | drift | flags | certificates | helm]',
  summary: 'The change log, newest last; with a word those that hold it, opened: plans, diffs. Also what drifted, flags, certificates, releases.',
  group: 'look',
  examples: ['changes', 'changes drift', 'changes flags'],
  disabled: always,
  run(context, { words }) {
    const view = words.length === 1 ? VIEWS.get(words[0] as string) : undefined;
    return seen(context, 'changes', 'changes', words[0] ?? '*', view === undefined ? entries(context, words) : view(context));
  },
};

const VIEWS: ReadonlyMap<string, (context: CommandContext) => string[]> = new Map(Object.entries({ drift, flags, certificates, helm }));

function entries({ cluster, scenario, nowMs }: CommandContext, words: readonly string[]): string[] {
  const found = cluster.changes.entries.filter(({ atMs }) => atMs <= nowMs).filter(({ who, what }) => words.every((word) => `${who} ${what}`.includes(word)));
  if (found.length === 0) return ['No change was recorded.'];
  const line = ({ atMs, who, what }: ChangeEntry): string => `${formatInstant(scenario.startsAtMs + atMs).slice(5, 16).replace('T', ' ')}  ${ago(nowMs - atMs).padStart(7)}  ${who.padEnd(10)}  ${what}`;
  if (words.length === 0 || found.length > OPENED) return found.map(line);
  return found.flatMap((entry) => [line(entry), ...(entry.details ?? []).filter((one) => !COUNTED.test(one))]);
}

/** What a plan counts and does not show; a screen has better use for its lines. */
const COUNTED = /^ *# \(\d+ unchanged /;

/** What `terraform plan -refresh-only` would print now. */
function drift({ cluster }: CommandContext): string[] {
  return cluster.drift.text();
}

/** Every flag as its ConfigMap has it, and its last switching. */
function flags({ cluster, nowMs }: CommandContext): string[] {
  const rows = cluster.flags().map(({ configMap, name, value }) => {
    const last = cluster.flagHistory.last(configMap, name);
    const told = last === null ? '' : `${ago(nowMs - last.atMs)}, ${last.from ?? '(none)'} to ${last.to ?? '(none)'}, by ${cluster.flagHistory.who(last) ?? 'nobody known'}`;
    return [name, value, `configmap/${configMap.name}`, told] as const;
  });
  return rows.length === 0 ? ['No program here reads flags.'] : table([['FLAG', 'VALUE', 'IN', 'LAST SWITCHED'], ...rows]);
}

/** The certificates in Secrets, those that end first first. */
function certificates({ cluster, nowMs }: CommandContext): string[] {
  const rows = cluster.certificates.all().map(({ secret, names, issuer, fromMs, untilMs }) => {
    const left = untilMs - nowMs;
    return [`${secret.namespace}/${secret.name}`, left < 0 ? `ended ${ago(-left)}` : `in ${ago(left).replace(' ago', '')}`, ago(nowMs - fromMs), issuer, names[0] ?? ''] as const;
  });
  return rows.length === 0 ? ['No Secret here holds a certificate.'] : table([['SECRET', 'ENDS', 'ISSUED', 'ISSUER', 'FOR'], ...rows]);
}

/** As `helm list --all-namespaces` has it. */
function helm({ cluster, nowMs }: CommandContext): string[] {
  const rows = cluster.releases.newest().map(({ name, namespace, revision, atMs, status, chart, appVersion }) => [name, namespace, String(revision), ago(nowMs - atMs), status, chart, appVersion] as const);
  return rows.length === 0 ? ['No object here belongs to a release of Helm.'] : table([['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION'], ...rows]);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => (row[at] ?? '').length)));
  return rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd());
}

function ago(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  return minutes < 60 ? `${minutes}m ago` : minutes < 1_440 ? `${Math.floor(minutes / 60)}h ago` : `${Math.floor(minutes / 1_440)}d ago`;
}
