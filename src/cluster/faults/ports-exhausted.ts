import type { KindMap } from '../objects.ts';
import type { FaultKind, FaultWorld } from './fault.ts';
import { leverTarget } from './lever-fault.ts';
import { err } from './mistakes.ts';
import { podsOf } from './restarts.ts';
import { AUTHOR, text } from './settings.ts';
import { templateOf, withFirst, workloadRef } from './template-fault.ts';

const RANGE = 'net.ipv4.ip_local_port_range';
const FIRST_PORT = 32_768;
const LAST_PORT = 60_999;
/** A port is not used again for so long after its connection was closed. */
const TIME_WAIT_S = 60;
const LOOK_MS = 5_000;

export const portsExhausted: FaultKind = {
  word: 'ports-exhausted',
  group: 'network',
  summary: 'A program was told to keep no connections: it opens a new one for each call, until it has no ports left.',
  target: 'workload',
  settings: { share: { type: 'share', required: true, summary: 'Share of its requests that find no port, at the load of that moment.' }, env: text('The variable that switches its kept connections off.', 'HTTP_KEEP_ALIVE'), ...AUTHOR },
  lore: {
    symptoms: ['Calls of one program fail, a share of them and at once: cannot assign requested address. Whoever it calls is well.', 'Its containers may use few ports, and its environment tells it to keep no connections.'],
    mitigations: ['Scale it out.', 'Widen the range of ports of its pods.'],
    fix: 'Keep connections alive.',
    example: {
      target: 'deployment/storefront', settings: { share: 0.3 },
      signs: ['http.errors shop/storefront rises'],
      cure: ['kubectl -n shop set env deploy/storefront HTTP_KEEP_ALIVE-'],
      tempting: 'kubectl -n shop rollout restart deploy/pricing',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadRef(target.includes('/') && /^[a-z]+\/[^/]+\//.test(target) ? target : `deployment/${target}`);
    const spec = templateOf(world, ref);
    if (spec === undefined) return () => undefined;
    const name = String(settings['env']);
    const workload = leverTarget(target);
    const ports = Math.max(1, Math.round(world.callsPerS(workload) * TIME_WAIT_S * (1 - Number(settings['share']))));
    const sysctls = [...(spec.securityContext?.sysctls ?? []).filter((one) => one.name !== RANGE), { name: RANGE, value: `${FIRST_PORT} ${Math.min(LAST_PORT, FIRST_PORT + ports - 1)}` }];
    const wrong = { ...withFirst(spec, (container) => ({ ...container, env: [...(container.env ?? []).filter((one) => one.name !== name), { name, value: 'off' }] })), securityContext: { ...spec.securityContext, sysctls } };
    const undo = err(world, [{ do: 'patch', ref, patch: { type: 'json', body: [{ op: 'replace', path: '/spec/template/spec', value: wrong }] } }], settings, `${target.split('/')[0] ?? ''}/${ref.name}: connection settings of the load test applied`);
    const levers = new Levers(world, workload);
    const look = (): void => levers.look(podsOf(world, ref.namespace, ref.name), name);
    const stop = world.machines.every(LOOK_MS, look);
    return () => {
      undo();
      stop();
      levers.back();
    };
  },
};

/** What the missing ports of a workload's pods do to it, looked at again and again. */
class Levers {
  readonly #world: FaultWorld;
  readonly #workload: string;
  #lifts: (() => void)[] = [];
  #told = '';

  constructor(world: FaultWorld, workload: string) {
    this.#world = world;
    this.#workload = workload;
  }

  look(pods: readonly KindMap['Pod'][], variable: string): void {
    const running = pods.filter(({ status }) => status?.containerStatuses?.[0]?.state?.running !== undefined);
    const careless = running.filter(({ spec }) => ['off', 'false', 'no', '0'].includes(spec?.containers[0]?.env?.find(({ name }) => name === variable)?.value ?? ''));
    const wanted = this.#world.callsPerS(this.#workload) * TIME_WAIT_S;
    let lacking = 0;
    for (const pod of careless) lacking += Math.max(0, 1 - portsOf(pod) / Math.max(1, wanted)) / running.length;
    // A call rate that moves a little moves nothing.
    const errors = Math.round(lacking * 50) / 50;
    const churn = running.length === 0 ? 0 : careless.length / running.length;
    if (this.#told === `${errors} ${churn}`) return;
    this.back();
    this.#told = `${errors} ${churn}`;
    if (churn > 0) this.#lifts.push(this.#world.conditions.adjust('connection-churn', this.#workload, churn));
    if (errors > 0) this.#lifts.push(this.#world.conditions.adjust('work-errors', this.#workload, errors, 'dial tcp: connect: cannot assign requested address'));
  }

  back(): void {
    for (const lift of this.#lifts.splice(0)) lift();
    this.#told = '';
  }
}

/** How many ports a pod may connect from. */
function portsOf({ spec }: KindMap['Pod']): number {
  const [first = FIRST_PORT, last = LAST_PORT] = (spec?.securityContext?.sysctls?.find(({ name }) => name === RANGE)?.value ?? '').split(/\s+/).filter((word) => word !== '').map(Number);
  return Math.max(0, last - first + 1);
}
