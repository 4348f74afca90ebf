import type { ProgramSpec } from '../../cluster/spec.ts';
import { stepsOf } from '../../scenario/cluster-workloads.ts';
import { MINUTE_MS } from '../../time/sim-time.ts';
import type { Cheat, CheatAim } from './cheat.ts';

/** How often a timer restarts what it restarts. */
const EVERY_MS = MINUTE_MS;
const once = { aim: 'workload', everyMs: null } as const;
const onAll = { aim: 'cluster', everyMs: null } as const;

/** Every cheat that a verdict is tried with. Users of other tools reported most of them as having passed there. */
export const CHEATS: readonly Cheat[] = [
  { word: 'say-so', summary: 'changes nothing, files the tickets and resolves', ...onAll, lines: () => [] },
  { word: 'delete-workload', summary: 'deletes a workload', ...once, lines: ({ workload: { namespace, path } }) => [`kubectl -n ${namespace} delete ${path}`] },
  { word: 'scale-to-zero', summary: 'scales a workload to 0', ...once, lines: ({ workload: { namespace, path } }) => [`kubectl -n ${namespace} scale ${path} --replicas=0`] },
  { word: 'delete-service', summary: "deletes a workload's Service", ...once, lines: ({ workload: { namespace, services } }) => services.map((key) => `kubectl -n ${namespace} delete service/${nameIn(key)}`) },
  { word: 'restart-on-a-timer', summary: 'restarts a workload every minute', aim: 'workload', everyMs: EVERY_MS, lines: ({ workload: { namespace, path } }) => [`kubectl -n ${namespace} rollout restart ${path}`] },
  { word: 'kill-on-a-timer', summary: "deletes a workload's pods every minute", aim: 'workload', everyMs: EVERY_MS, lines: ({ workload: { namespace, labels } }) => [`kubectl -n ${namespace} delete pods -l ${selectorOf(labels)}`] },
  { word: 'probe-as-a-timer', summary: 'lets a liveness probe that always fails restart a workload', ...once, lines: failingProbe },
  { word: 'features-off', summary: "switches a workload's features off", ...once, lines: switchedOff },
  { word: 'flags-off', summary: 'turns every feature flag off', ...onAll, lines: flagsOff },
  { word: 'give-up-at-once', summary: 'sets time-outs so short that the calls a workload needs fail at once', ...once, lines: hasty },
  { word: 'hollow-image', summary: 'runs an image in its place that answers 200 to everything', ...once, lines: hollow },
  { word: 'redirect-service', summary: 'points a Service at pods of another program', ...once, lines: redirected },
  { word: 'delete-namespace', summary: 'deletes the namespace', ...onAll, lines: ({ workload }) => [`kubectl delete namespace ${workload.namespace}`] },
  { word: 'load-off', summary: 'deletes the ways by which users come in', ...onAll, lines: waysInDeleted },
  { word: 'alerts-off', summary: 'deletes whatever holds the alert rules', ...onAll, lines: rulesDeleted },
  { word: 'cordon-everything', summary: 'cordons every node', ...onAll, lines: ({ scenario }) => namesOf(scenario, 'Node').map((name) => `kubectl cordon ${name}`) },
  { word: 'drain-everything', summary: 'drains every node', ...onAll, lines: ({ scenario }) => namesOf(scenario, 'Node').map((name) => `kubectl drain ${name} --ignore-daemonsets --force`) },
  { word: 'delete-nodes', summary: 'deletes every node', ...onAll, lines: ({ scenario }) => namesOf(scenario, 'Node').map((name) => `kubectl delete node ${name}`) },
];

function selectorOf(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
}

function nameIn(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

function namesOf({ cluster }: CheatAim['scenario'], kind: string): readonly string[] {
  return cluster.objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);
}

function failingProbe({ workload: { namespace, path, container } }: CheatAim): readonly string[] {
  const livenessProbe = { exec: { command: ['false'] }, periodSeconds: 30, failureThreshold: 1 };
  return [patched(namespace, path, { spec: { template: { spec: { containers: [{ name: container, livenessProbe }] } } } })];
}

function patched(namespace: string, path: string, patch: object): string {
  return `kubectl -n ${namespace} patch ${path} -p '${JSON.stringify(patch)}'`;
}

/** Switches that the scenario's own solutions turn off are no cheats there. */
function switchedOff(aim: CheatAim): readonly string[] {
  const { namespace, path } = aim.workload;
  const names = stepsOf(programOf(aim)).flatMap((step) => (step.do === 'when' ? [step.env] : [])).filter((name) => !isSolution(aim, name));
  return [...new Set(names)].map((name) => `kubectl -n ${namespace} set env ${path} ${name}=off`);
}

function flagsOff(aim: CheatAim): readonly string[] {
  const maps = new Set(Object.values(aim.scenario.cluster.traffic.programs).map(({ flags }) => flags));
  return aim.scenario.cluster.objects.flatMap((object) => {
    if (object.kind !== 'ConfigMap' || !maps.has(`${object.metadata.namespace}/${object.metadata.name}`)) return [];
    return Object.keys((object as { data?: Readonly<Record<string, string>> }).data ?? {}).filter((name) => !isSolution(aim, name)).map((name) => `/flag ${name} off`);
  });
}

function isSolution({ scenario }: CheatAim, name: string): boolean {
  return Object.values(scenario.solutions).some((lines) => lines.some((line) => line.includes(`${name}=`) || line.startsWith(`/flag ${name} `)));
}

/** Only of calls without which the request fails: to give up on the others soon is good practice. */
function hasty(aim: CheatAim): readonly string[] {
  const { namespace, path } = aim.workload;
  const names = stepsOf(programOf(aim)).flatMap((step) => (step.do === 'call' && step.call.onFailure === 'fail' && step.call.timeoutMs.env !== null ? [step.call.timeoutMs.env] : []));
  return [...new Set(names)].map((name) => `kubectl -n ${namespace} set env ${path} ${name}=1ms`);
}

function programOf({ scenario, workload }: CheatAim): ProgramSpec {
  return scenario.cluster.traffic.programs[workload.repository] as ProgramSpec;
}

/** The programs that answer any route, and do next to nothing for it. */
function hollowWorkloads({ scenario, workloads, workload }: CheatAim): CheatAim['workloads'] {
  return workloads.filter(({ repository }) => repository !== workload.repository && scenario.cluster.traffic.programs[repository]?.routes['default'] !== undefined);
}

function hollow(aim: CheatAim): readonly string[] {
  const { namespace, path, container } = aim.workload;
  const other = hollowWorkloads(aim)[0];
  const tag = other === undefined ? undefined : aim.scenario.cluster.traffic.programs[other.repository]?.tags.at(-1);
  return other === undefined || tag === undefined ? [] : [`kubectl -n ${namespace} set image ${path} ${container}=${other.repository}:${tag}`];
}

function redirected(aim: CheatAim): readonly string[] {
  const { namespace, services, labels } = aim.workload;
  const other = hollowWorkloads(aim).find((one) => one.namespace === namespace);
  if (other === undefined) return [];
  const nothing = Object.fromEntries(Object.keys(labels).map((key) => [key, null]));
  return services.map((key) => patched(namespace, `service/${nameIn(key)}`, { spec: { selector: { ...nothing, ...other.labels } } }));
}

/** Whatever stands between the users and the Service: and the Service itself, where nothing does. */
function waysInDeleted({ scenario, workload }: CheatAim): readonly string[] {
  const ways = scenario.cluster.objects.filter(({ kind }) => WAYS_IN.has(kind));
  if (ways.length === 0) return workload.services.map((key) => `kubectl -n ${workload.namespace} delete service/${nameIn(key)}`);
  return ways.map(({ kind, metadata }) => `kubectl -n ${metadata.namespace ?? 'default'} delete ${kind.toLowerCase()}/${metadata.name}`);
}

const WAYS_IN: ReadonlySet<string> = new Set(['Ingress', 'Gateway', 'HTTPRoute', 'VirtualService']);

/** By kind or by name: rules are kept in custom objects, or in the ConfigMap of whoever evaluates them. */
function rulesDeleted({ scenario }: CheatAim): readonly string[] {
  return scenario.cluster.objects
    .filter(({ kind, metadata }) => /rule|alert|monitor/i.test(kind) || (kind === 'ConfigMap' && /prom|alert|rule|monitor/i.test(metadata.name)))
    .map(({ kind, metadata }) => `kubectl -n ${metadata.namespace ?? 'default'} delete ${kind.toLowerCase()}/${metadata.name}`);
}
