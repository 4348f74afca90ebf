import type { Fact, Happening, ObservationKind } from '../../journal/timeline.ts';

/**
 * Which requests are looks of a person. One kubectl command is one look, however many requests it takes: what it asks for
 * along the way (owners, events, the state before a change) shows nothing that it was not called for.
 */
export class ApiLooks {
  /** What each run of a client has looked at. A client that does not tell its runs apart has one for each program and seat. */
  readonly #runs = new Map<string, Run>();

  /** The look that an answered read was; null where it was none of its own. */
  lookOf(asked: Fact<'api-requested'>, dryRun: boolean): Happening | null {
    const { seat, session, agent, command } = asked;
    // Whoever runs something inside of a container wants to see how it is there.
    if (asked.subresource === 'exec') return { type: 'observed', seat, kind: 'state', tool: EXEC, target: `pod/${asked.name ?? ''}`, shown: asked.answer };
    const rule = ruleOf(command);
    const kind = kindOf(asked, command);
    const target = targetOf(asked);
    const key = session ?? `${seat} ${agent}`;
    let run = this.#runs.get(key);
    if (!dryRun && (rule === 'none' || (rule === 'logs' && kind !== 'logs') || (rule === 'metrics' && kind !== 'metrics'))) return null;
    if (run === undefined) {
      run = { resource: asked.resource, told: new Set() };
      this.#runs.set(key, run);
    }
    if (session !== null && rule === 'first' && asked.resource !== run.resource) return null;
    if (session !== null && (rule === 'logs' || rule === 'metrics') && run.told.size > 0) return null;
    const what = `${kind} ${target}`;
    // A watch goes on with what was listed.
    if ((session !== null || asked.verb === 'watch') && run.told.has(what)) return null;
    run.told.add(what);
    return { type: 'observed', seat: asked.seat, kind, tool: `${toolOf(asked)}${dryRun ? ' --dry-run' : wholeObject(asked)}`, target, shown: asked.answer };
  }
}

const EXEC = 'kubectl exec';

interface Run {
  /** What was asked for first. */
  readonly resource: string;
  readonly told: Set<string>;
}

/** Such as `kubectl get`, or the name of another client. */
export function toolOf({ command, agent }: Pick<Fact<'api-requested'>, 'command' | 'agent'>): string {
  if (command !== null) return /^kubectl(?: top|(?: [a-z-]{1,20}){0,3})/.exec(command)?.[0] ?? 'kubectl';
  return /^[\w.-]{1,40}/.exec(agent)?.[0].toLowerCase() ?? 'a client';
}

/** What counts of the requests of one command: all of them, those for what was asked for first, the first for logs or metrics, none. */
type Rule = 'all' | 'first' | 'logs' | 'metrics' | 'none';

/** Commands that look. Whatever else kubectl does is there to act, and reads only what it needs for that. */
const RULES: Readonly<Record<string, Rule>> = {
  get: 'all', describe: 'first', logs: 'logs', top: 'metrics', events: 'first', 'rollout status': 'first', 'rollout history': 'first', wait: 'first', diff: 'none',
  'cluster-info': 'none', explain: 'none', auth: 'none',
};

function ruleOf(command: string | null): Rule {
  if (command === null) return 'all';
  const words = command.replace(/^kubectl /, '');
  return (Object.hasOwn(RULES, words) ? RULES[words] : RULES[words.split(' ')[0] as string]) ?? 'none';
}

function kindOf({ subresource, group }: Fact<'api-requested'>, command: string | null): ObservationKind {
  if (subresource === 'log') return 'logs';
  if (group === 'metrics.k8s.io') return 'metrics';
  return command === 'kubectl rollout history' ? 'changes' : 'state';
}

/** `deployment/checkout`, or `deployments` for a list. A list of one name by its field is that one. */
function targetOf({ resource, name, query }: Fact<'api-requested'>): string {
  const one = name ?? /(?:^|&)fieldSelector=metadata\.name(?:%3D|=)([^&%,]+)(?:&|$)/.exec(query)?.[1] ?? null;
  return one === null ? resource : `${singular(resource)}/${one}`;
}

function singular(resource: string): string {
  if (/(?:ss|ch|x)es$/.test(resource)) return resource.slice(0, -2);
  if (resource.endsWith('ies')) return `${resource.slice(0, -3)}y`;
  return resource.replace(/s$/, '');
}

/** A whole object is a copy that it can be put back from. */
function wholeObject({ command, accept, subresource }: Fact<'api-requested'>): string {
  return command === 'kubectl get' && subresource === null && !accept.includes('as=Table') ? ' -o json' : '';
}
