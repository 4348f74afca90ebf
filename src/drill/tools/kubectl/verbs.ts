import { CREATE_VERBS, expose } from './act/create.ts';
import { deleteObjects } from './act/delete.ts';
import { drain, setSchedulable } from './act/drain.ts';
import { changeMetadata } from './act/label.ts';
import { patch } from './act/patch.ts';
import { ROLLOUT_VERBS } from './act/rollout.ts';
import { scale } from './act/scale.ts';
import { SET_VERBS } from './act/set.ts';
import type { Verb } from './call.ts';
import { describe } from './describe/describe.ts';
import type { FlagTable } from './flags.ts';
import { apiResources, clusterInfo, config, version } from './look/about.ts';
import { events } from './look/events.ts';
import { debug } from './look/debug.ts';
import { exec } from './look/exec.ts';
import { get } from './look/get.ts';
import { logs } from './look/logs.ts';
import { top } from './look/top.ts';

const SELECT = { selector: { short: 'l', takes: 'value' } } as const satisfies FlagTable;
const EVERYWHERE = { 'all-namespaces': { short: 'A', takes: 'nothing' } } as const satisfies FlagTable;
const WATCH = { watch: { short: 'w', takes: 'nothing', optional: 'true' } } as const satisfies FlagTable;
const PRINT = { 'no-headers': { takes: 'nothing' }, output: { short: 'o', takes: 'value' } } as const satisfies FlagTable;
const WRITE = { 'dry-run': { takes: 'value', optional: 'client' }, 'field-manager': { takes: 'value' }, all: { takes: 'nothing' } } as const satisfies FlagTable;
const NODES = { ...SELECT, ...WRITE } as const satisfies FlagTable;
const WORKLOADS = ['Deployment', 'StatefulSet'] as const;

/** Every verb, in the order help shows them: first those that look, then those that act. */
export const VERBS = {
  get: {
    summary: 'List objects, or show them whole with -o yaml',
    usage: 'TYPE [NAME...] [-o wide|yaml|json|name|jsonpath=…|custom-columns=…]',
    flags: {
      ...SELECT, ...EVERYWHERE, ...WATCH, ...PRINT, 'watch-only': { takes: 'nothing' }, 'field-selector': { takes: 'value' }, 'show-labels': { takes: 'nothing' },
      'sort-by': { takes: 'value' }, 'label-columns': { short: 'L', takes: 'values' }, 'chunk-size': { takes: 'value' }, 'show-kind': { takes: 'nothing' },
      'ignore-not-found': { takes: 'nothing' },
    },
    completes: 'all kinds',
    run: get,
  },
  describe: { summary: 'Show an object with what belongs to it, and its events', usage: 'TYPE [NAME...]', flags: { ...SELECT, ...EVERYWHERE }, completes: 'all kinds', run: describe },
  logs: {
    summary: 'Show what a container wrote',
    usage: 'POD | TYPE/NAME [-c CONTAINER] [--tail N] [--since 5m] [--previous]',
    flags: {
      ...SELECT, container: { short: 'c', takes: 'value' }, previous: { short: 'p', takes: 'nothing' }, follow: { short: 'f', takes: 'nothing' }, tail: { takes: 'value' },
      since: { takes: 'value' }, 'since-time': { takes: 'value' }, timestamps: { takes: 'nothing' }, 'all-containers': { takes: 'nothing' }, 'all-pods': { takes: 'nothing' },
      prefix: { takes: 'nothing' }, 'max-log-requests': { takes: 'value' },
    },
    completes: ['Pod', 'Deployment', 'StatefulSet'],
    run: logs,
  },
  exec: {
    summary: 'Run a command in a container',
    usage: 'POD | TYPE/NAME [-c CONTAINER] -- COMMAND [ARGS...]',
    flags: { container: { short: 'c', takes: 'value' }, stdin: { short: 'i', takes: 'nothing' }, tty: { short: 't', takes: 'nothing' }, quiet: { short: 'q', takes: 'nothing' } },
    completes: ['Pod', 'Deployment', 'StatefulSet'],
    run: exec,
  },
  debug: {
    summary: 'Run a command on a node, whose root is at /host',
    usage: 'node/NAME --image=IMAGE -- chroot /host COMMAND [ARGS...]',
    flags: { image: { takes: 'value' }, profile: { takes: 'value' }, stdin: { short: 'i', takes: 'nothing' }, tty: { short: 't', takes: 'nothing' }, quiet: { short: 'q', takes: 'nothing' }, attach: { takes: 'nothing', optional: 'true' } },
    completes: ['Node'],
    run: debug,
  },
  top: { summary: 'Show what pods or nodes use', usage: 'pods|nodes [NAME] [--sort-by cpu|memory]', flags: { ...SELECT, ...EVERYWHERE, 'no-headers': { takes: 'nothing' }, 'sort-by': { takes: 'value' } }, completes: ['Pod', 'Node'], run: top },
  events: { summary: 'List events, oldest first', usage: '[--for TYPE/NAME] [--types Warning]', flags: { ...EVERYWHERE, ...WATCH, 'no-headers': { takes: 'nothing' }, for: { takes: 'value' }, types: { takes: 'values' } }, completes: 'nothing', run: events },
  rollout: {
    summary: 'Follow, take back, restart or pause a roll-out',
    usage: 'status|history|undo|restart|pause|resume TYPE/NAME',
    flags: { ...SELECT, ...WRITE, watch: { short: 'w', takes: 'nothing' }, timeout: { takes: 'value' }, revision: { takes: 'value' }, 'to-revision': { takes: 'value' } },
    completes: WORKLOADS,
    verbs: ROLLOUT_VERBS,
    run: ({ answer }) => answer.fail('error: say what to do: kubectl rollout status|history|undo|restart|pause|resume deployment/NAME'),
  },
  scale: { summary: 'Set how many replicas run', usage: 'TYPE/NAME --replicas=N', flags: { ...SELECT, ...WRITE, replicas: { takes: 'value' }, 'current-replicas': { takes: 'value' }, timeout: { takes: 'value' } }, completes: ['Deployment', 'StatefulSet', 'ReplicaSet'], run: scale },
  set: {
    summary: 'Set an image, environment variables or resources',
    usage: 'image|env|resources TYPE/NAME …',
    flags: {
      ...SELECT, ...WRITE, containers: { short: 'c', takes: 'value' }, env: { short: 'e', takes: 'values' }, list: { takes: 'nothing' }, from: { takes: 'value' }, overwrite: { takes: 'nothing' },
      limits: { takes: 'value' }, requests: { takes: 'value' },
    },
    completes: WORKLOADS,
    verbs: SET_VERBS,
    run: ({ answer }) => answer.fail('error: say what to set: kubectl set image|env|resources TYPE/NAME …'),
  },
  create: {
    summary: 'Make an object that flags say all of',
    usage: 'configmap|secret generic|serviceaccount|namespace|rolebinding|clusterrolebinding NAME …',
    flags: {
      'dry-run': { takes: 'value', optional: 'client' }, 'field-manager': { takes: 'value' }, filename: { short: 'f', takes: 'value' }, 'from-literal': { takes: 'values' }, 'from-file': { takes: 'values' }, 'from-env-file': { takes: 'values' },
      role: { takes: 'value' }, clusterrole: { takes: 'value' }, user: { takes: 'values' }, group: { takes: 'values' }, serviceaccount: { takes: 'values' },
    },
    completes: 'nothing',
    verbs: CREATE_VERBS,
    run: ({ answer }) => answer.fail('error: there are no files here. Say what to make: kubectl create configmap|secret generic|serviceaccount|namespace|rolebinding|clusterrolebinding NAME …'),
  },
  expose: {
    summary: 'Make a Service before a workload',
    usage: 'TYPE NAME --port=N [--target-port=N] [--name=NAME]',
    flags: { 'dry-run': { takes: 'value', optional: 'client' }, 'field-manager': { takes: 'value' }, port: { takes: 'value' }, 'target-port': { takes: 'value' }, name: { takes: 'value' }, type: { takes: 'value' } },
    completes: WORKLOADS,
    run: expose,
  },
  delete: {
    summary: 'Delete objects',
    usage: 'TYPE NAME... | TYPE -l SELECTOR | TYPE --all',
    flags: {
      ...SELECT, ...WRITE, filename: { short: 'f', takes: 'value' }, 'field-selector': { takes: 'value' }, 'grace-period': { takes: 'value' }, force: { takes: 'nothing' }, now: { takes: 'nothing' },
      wait: { takes: 'nothing' }, timeout: { takes: 'value' }, cascade: { takes: 'value', optional: 'background' }, 'ignore-not-found': { takes: 'nothing' },
    },
    completes: 'all kinds',
    run: deleteObjects,
  },
  label: { summary: 'Set or take away labels', usage: 'TYPE NAME KEY=VALUE... KEY-...', flags: { ...SELECT, ...WRITE, overwrite: { takes: 'nothing' } }, completes: 'all kinds', run: (call) => changeMetadata(call, 'label') },
  annotate: { summary: 'Set or take away annotations', usage: 'TYPE NAME KEY=VALUE... KEY-...', flags: { ...SELECT, ...WRITE, overwrite: { takes: 'nothing' } }, completes: 'all kinds', run: (call) => changeMetadata(call, 'annotate') },
  patch: { summary: 'Change fields of an object by a patch', usage: "TYPE NAME -p '{…}' [--type strategic|merge|json]", flags: { ...WRITE, patch: { short: 'p', takes: 'value' }, type: { takes: 'value' }, 'patch-file': { takes: 'value' } }, completes: 'all kinds', run: patch },
  cordon: { summary: 'Keep new pods off a node', usage: 'NODE', flags: NODES, completes: ['Node'], run: (call) => setSchedulable(call, false) },
  uncordon: { summary: 'Let new pods onto a node again', usage: 'NODE', flags: NODES, completes: ['Node'], run: (call) => setSchedulable(call, true) },
  drain: {
    summary: 'Empty a node: cordon it and evict its pods',
    usage: 'NODE [--force]',
    flags: { ...NODES, force: { takes: 'nothing' }, 'ignore-daemonsets': { takes: 'nothing' }, 'delete-emptydir-data': { takes: 'nothing' }, 'disable-eviction': { takes: 'nothing' }, 'grace-period': { takes: 'value' }, timeout: { takes: 'value' } },
    completes: ['Node'],
    run: drain,
  },
  'api-resources': { summary: 'List the kinds of objects', usage: '', flags: { 'no-headers': { takes: 'nothing' } }, completes: 'nothing', run: apiResources },
  'cluster-info': { summary: 'Say where the cluster is', usage: '', flags: {}, completes: 'nothing', run: clusterInfo },
  config: { summary: 'Show the context', usage: 'current-context|get-contexts', flags: { current: { takes: 'nothing' }, minify: { takes: 'nothing' } }, completes: 'nothing', run: config },
  version: { summary: 'Show versions', usage: '', flags: { client: { takes: 'nothing' } }, completes: 'nothing', run: version },
} satisfies Readonly<Record<string, Verb>>;

export function verbOf(word: string): Verb | null {
  const name = word === 'log' ? 'logs' : word === 'event' ? 'events' : word;
  return Object.hasOwn(VERBS, name) ? VERBS[name as keyof typeof VERBS] : null;
}
