import type { Container, ContainerState, ContainerStatus } from 'kubernetes-types/core/v1';
import type { SimMs } from '../../time/sim-time.ts';
import { BackOff } from './back-off.ts';
import type { Probe } from './probe.ts';

/** One container of a pod as its kubelet knows it; its status is drawn from this. */
export interface ContainerModel {
  readonly name: string;
  /** Its image may be changed in place. */
  spec: Container;
  readonly backOff: BackOff;
  image: string;
  imageId: string;
  containerId: string;
  state: ContainerState;
  lastState: ContainerState;
  ready: boolean;
  started: boolean;
  restartCount: number;
  /** Set while the process runs. */
  run: { readonly startedAtMs: SimMs; readonly servesFromMs: SimMs; readonly probes: readonly Probe[] } | null;
  /** The delay of the image's back-off; 0 where its last pull went well. */
  pullBackOffMs: number;
  /** The next step on the agenda: a pull's end, a start, a crash, a stop. */
  ticket: number | null;
}

/** `before`: its last status, where the node comes back after a failure. */
export function newContainer(spec: Container, before?: ContainerStatus): ContainerModel {
  return {
    name: spec.name,
    spec,
    backOff: new BackOff(),
    image: spec.image ?? '',
    imageId: '',
    containerId: '',
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: lastStateOf(before),
    ready: false,
    started: false,
    restartCount: before === undefined ? 0 : before.restartCount + 1,
    run: null,
    pullBackOffMs: 0,
    ticket: null,
  };
}

/** What ended with its node is found as exit code 255, as containerd has it. */
function lastStateOf(before: ContainerStatus | undefined): ContainerState {
  const running = before?.state?.running;
  if (before === undefined) return {};
  if (running === undefined) return before.state?.terminated === undefined ? (before.lastState ?? {}) : before.state;
  const ended = { exitCode: 255, reason: 'Unknown', ...(running.startedAt === undefined ? {} : { startedAt: running.startedAt }) };
  return { terminated: { ...ended, ...(before.containerID === undefined ? {} : { containerID: before.containerID }) } };
}
