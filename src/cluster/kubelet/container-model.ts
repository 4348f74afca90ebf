import type { Container, ContainerState } from 'kubernetes-types/core/v1';
import type { SimMs } from '../../time/sim-time.ts';
import { BackOff } from './back-off.ts';
import type { Probe } from './probe.ts';

/** One container of a pod as its kubelet knows it; its status is drawn from this. */
export interface ContainerModel {
  readonly name: string;
  readonly spec: Container;
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

export function newContainer(spec: Container): ContainerModel {
  return {
    name: spec.name,
    spec,
    backOff: new BackOff(),
    image: spec.image ?? '',
    imageId: '',
    containerId: '',
    state: { waiting: { reason: 'ContainerCreating' } },
    lastState: {},
    ready: false,
    started: false,
    restartCount: 0,
    run: null,
    pullBackOffMs: 0,
    ticket: null,
  };
}
