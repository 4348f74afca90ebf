import { cpuMillis } from '../quantity.ts';
import type { CallSpec, ProgramSpec, Step } from '../spec.ts';
import type { Ref } from '../objects.ts';
import { serviceKey } from '../traffic/addresses.ts';
import type { FaultKind, FaultSettings, FaultWorld } from './fault.ts';
import { err, type Mistake } from './mistakes.ts';
import { AUTHOR, count, text } from './settings.ts';
import { templateOf } from './template-fault.ts';
import { workloadBehind } from './workload-behind.ts';

export const retryStorm: FaultKind = {
  word: 'retry-storm',
  group: 'load',
  summary: 'Users send more for a while, and those who call retry: what they retry keeps them retrying.',
  target: 'service',
  settings: {
    load: { type: 'factor', required: false, fallback: 2, summary: 'How many times the usual rate users send.' },
    users: text('The Service that these users reach; the target itself where left out.', ''),
    lasts: { type: 'duration', required: false, fallback: 0, summary: 'How long they do; as long as the fault where left out.' },
    retries: count('How often its callers are told to try again, where their environment tells them; 0 leaves them as they are.', 10),
    timeout: { type: 'duration', required: false, fallback: 0, summary: 'How long they are told to wait for an answer, where their environment tells them; 0 leaves that as it is.' },
    capacity: { type: 'factor', required: false, fallback: 1, summary: 'Which part of its CPU limit a workload is left with.' },
    workload: text('That workload; the one behind the Service where left out.', ''),
    ...AUTHOR,
  },
  lore: {
    symptoms: ['Far more requests come than users send: the rest are retries. The load falls, and the service stays where it is.'],
    mitigations: ['Let fewer users in until it is calm.', 'Fewer retries, or none.', 'More CPU for whoever is called.'],
    fix: 'Budgets and back-off for retries, and room for the load.',
    example: {
      target: 'tariffs', settings: { users: 'pricing', load: 8, lasts: '90s', capacity: 0.12, retries: 10, timeout: '300ms' },
      signs: ['http.rate shop/tariffs rises', 'http.errors shop/pricing rises'],
      cure: ['kubectl -n shop set env deploy/pricing TARIFFS_RETRIES=0'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    const [namespace = ''] = target.split('/');
    const users = String(settings['users']);
    const undo = misconfigure(world, target, settings);
    const lift = world.conditions.adjust('load', users === '' ? target : serviceKey(users, namespace), Number(settings['load']));
    const lasts = Number(settings['lasts']);
    const stop = lasts === 0 ? () => undefined : world.machines.every(lasts, () => lift());
    return () => {
      stop();
      lift();
      undo();
    };
  },
};

/** What somebody changed before the storm: callers that try again and again, and less room for what they call. */
function misconfigure(world: FaultWorld, target: string, settings: FaultSettings): () => void {
  const mistakes: Mistake[] = [];
  const told: string[] = [];
  for (const { ref, container, env } of callersOf(world, target, settings)) {
    mistakes.push({ do: 'patch', ref, patch: { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: container, env }] } } } } } });
    told.push(`deployment/${ref.name}: ${env.map(({ name, value }) => `${name}=${value}`).join(' ')}`);
  }
  const capacity = Number(settings['capacity']);
  if (capacity !== 1) {
    const ref = { ...workloadBehind(world, target), ...(settings['workload'] === '' ? {} : { name: String(settings['workload']) }) };
    const [container] = templateOf(world, ref)?.containers ?? [];
    const cpu = `${Math.max(1, Math.round((cpuMillis(container?.resources?.limits?.['cpu']) || 4_000) * capacity))}m`;
    if (container !== undefined) mistakes.push({ do: 'patch', ref, patch: { type: 'strategic', body: { spec: { template: { spec: { containers: [{ name: container.name, resources: { requests: { cpu }, limits: { cpu } } }] } } } } } });
    told.push(`deployment/${ref.name}: right-sized to ${cpu}`);
  }
  return mistakes.length === 0 ? () => undefined : err(world, mistakes, settings, told.join(', '));
}

interface Caller {
  readonly ref: Ref;
  readonly container: string;
  /** What is set in its environment. */
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

/** The Deployments whose programs call a Service and read from their environment how often they try again. */
function callersOf(world: FaultWorld, service: string, settings: FaultSettings): Caller[] {
  const retries = Number(settings['retries']);
  const timeoutMs = Number(settings['timeout']);
  if (retries === 0) return [];
  return world.api.list('Deployment', null).flatMap((deployment): Caller[] => {
    const { name, namespace = '' } = deployment.metadata;
    const [container] = deployment.spec?.template.spec?.containers ?? [];
    const program = container === undefined ? undefined : world.builds.programOf(container.image ?? '');
    const call = program === undefined ? undefined : callsIn(program).find(({ to, retries: tries }) => tries.env !== null && serviceKey(to, namespace) === service);
    if (container === undefined || call === undefined) return [];
    const timeout = timeoutMs > 0 && call.timeoutMs.env !== null ? [{ name: call.timeoutMs.env, value: `${timeoutMs}ms` }] : [];
    return [{ ref: { kind: 'Deployment', namespace, name }, container: container.name, env: [{ name: call.retries.env ?? '', value: String(retries) }, ...timeout] }];
  });
}

function callsIn({ routes }: ProgramSpec): CallSpec[] {
  const walk = (steps: readonly Step[]): CallSpec[] => steps.flatMap((step) => (step.do === 'call' ? [step.call] : step.do === 'cached' ? walk(step.miss) : step.do === 'transaction' || step.do === 'when' ? walk(step.steps) : []));
  return Object.values(routes).flatMap(walk);
}
