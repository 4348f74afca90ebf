import type { Container, ContainerState, ContainerStatus } from 'kubernetes-types/core/v1';
import type { SimMs } from '../../time/sim-time.ts';
import { flat } from '../flat-text.ts';
import { BackOff } from './back-off.ts';
import type { Probe } from './probe.ts';

/** One container of a pod as its kubelet knows it; its status is drawn from this. */
export interface ContainerModel {
  readonly name: string;
  /** `init` runs to its end before the next begins; `sidecar` starts among those and stays; `ephemeral` comes later, to debug. */
  readonly role: 'init' | 'sidecar' | 'main' | 'ephemeral';
  /** Where it is in the pod, as events name it: `spec.containers{app}`. */
  readonly fieldPath: string;
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
  run: ContainerRun | null;
  /** The delay of the image's back-off; 0 where its last pull went well. */
  pullBackOffMs: number;
  /** The next step on the agenda: a pull's end, a start, a crash, a stop. */
  ticket: number | null;
}

/** One run of a container's process. */
export interface ContainerRun {
  readonly servesFromMs: SimMs;
  readonly probes: readonly Probe[];
  /** Whether the process itself tells when it ends. */
  readonly lives: boolean;
}

/** `before`: its last status, where the node comes back after a failure. `waiting`: why it does not run yet. */
export function newContainer(spec: Container, role: ContainerModel['role'], before: ContainerStatus | undefined, waiting: string): ContainerModel {
  return {
    name: spec.name,
    role,
    fieldPath: flat('spec.', FIELDS[role], '{', spec.name, '}'),
    spec,
    backOff: new BackOff(),
    image: spec.image ?? '',
    imageId: '',
    containerId: '',
    state: { waiting: { reason: waiting } },
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

/** Whether an init container has done its work, or a sidecar has started: the next may begin. */
export function isPassed(container: ContainerModel): boolean {
  return container.role === 'sidecar' ? container.started : container.state.terminated?.exitCode === 0;
}

const FIELDS = { init: 'initContainers', sidecar: 'initContainers', main: 'containers', ephemeral: 'ephemeralContainers' } as const satisfies Record<ContainerModel['role'], string>;
