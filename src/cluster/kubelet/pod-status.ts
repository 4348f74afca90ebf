import type { ContainerStatus, PodCondition, PodStatus } from 'kubernetes-types/core/v1';
import type { KindMap } from '../objects.ts';
import { isPassed, type ContainerModel } from './container-model.ts';

type Pod = KindMap['Pod'];

/** The status that a kubelet writes for a pod whose containers stand as given. `now`: for conditions that changed. */
export function podStatus(pod: Pod, all: readonly ContainerModel[], place: { hostIp: string; podIp: string | null; startTime: string }, now: string, failure: { readonly reason: string; readonly message: string } | null): PodStatus {
  const initial = all.filter(({ role }) => role === 'init' || role === 'sidecar');
  const ephemeral = all.filter(({ role }) => role === 'ephemeral');
  const containers = initial.length + ephemeral.length === 0 ? all : all.filter(({ role }) => role === 'main');
  const unready = all.filter(({ ready, role }) => !ready && (role === 'main' || role === 'sidecar')).map(({ name }) => name);
  const incomplete = initial.filter((container) => !isPassed(container)).map(({ name }) => name);
  const phase = failure === null ? phaseOf(pod, initial, containers) : 'Failed';
  const readiness: Verdict =
    phase === 'Succeeded'
      ? { status: 'False', reason: 'PodCompleted' }
      : phase === 'Failed'
      ? { status: 'False', reason: 'PodFailed' }
      : unready.length === 0 && incomplete.length === 0
        ? { status: 'True' }
        : { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const initialized: Verdict = phase === 'Succeeded' && initial.length > 0
    ? { status: 'True', reason: 'PodCompleted' }
    : incomplete.length === 0 || containers.some(({ containerId }) => containerId !== '') ? { status: 'True' } : { status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${incomplete.join(' ')}]` };
  const before = pod.status?.conditions ?? [];
  const conditions = [
    condition(before, 'PodReadyToStartContainers', { status: place.podIp === null ? 'False' : 'True' }, now),
    condition(before, 'Initialized', initialized, now),
    condition(before, 'Ready', gated(pod, before, readiness), now),
    condition(before, 'ContainersReady', readiness, now),
    ...before.filter(({ type }) => !OWN_CONDITIONS.has(type)),
  ];
  return {
    phase,
    conditions,
    hostIP: place.hostIp,
    hostIPs: [{ ip: place.hostIp }],
    ...(place.podIp === null ? {} : { podIP: place.podIp, podIPs: [{ ip: place.podIp }] }),
    startTime: place.startTime,
    ...(initial.length === 0 ? {} : { initContainerStatuses: initial.map(containerStatus) }),
    containerStatuses: containers.map(containerStatus),
    ...(ephemeral.length === 0 ? {} : { ephemeralContainerStatuses: ephemeral.map(containerStatus) }),
    ...failure,
    ...(pod.status?.qosClass === undefined ? {} : { qosClass: pod.status.qosClass }),
  };
}

interface Verdict {
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A pod with readiness gates is ready only when others say so too. */
function gated(pod: Pod, conditions: readonly PodCondition[], readiness: Verdict): Verdict {
  if (readiness.status !== 'True') return readiness;
  const problems = (pod.spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const current = conditions.find(({ type }) => type === conditionType);
    if (current?.status === 'True') return [];
    return [current === undefined ? `corresponding condition of pod readiness gate "${conditionType}" does not exist.` : `the status of pod readiness gate "${conditionType}" is not "True", but ${current.status}`];
  });
  return problems.length === 0 ? readiness : { status: 'False', reason: 'ReadinessGatesNotReady', message: problems.join(', ') };
}

const OWN_CONDITIONS = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady']);

/** The condition as it was where its status and words are the same; its time changes with its status alone. */
function condition(before: readonly PodCondition[], type: string, verdict: Verdict, now: string): PodCondition {
  const current = before.find((candidate) => candidate.type === type);
  if (current !== undefined && current.status === verdict.status && current.reason === verdict.reason && current.message === verdict.message) return current;
  return { type, ...verdict, lastTransitionTime: current?.status === verdict.status ? (current.lastTransitionTime ?? now) : now };
}

function containerStatus(container: ContainerModel): ContainerStatus {
  return {
    name: container.name,
    state: container.state,
    lastState: container.lastState,
    ready: container.ready,
    restartCount: container.restartCount,
    image: container.image,
    imageID: container.imageId,
    ...(container.containerId === '' ? {} : { containerID: container.containerId }),
    started: container.started,
  };
}

function phaseOf(pod: Pod, initial: readonly ContainerModel[], containers: readonly ContainerModel[]): string {
  const policy = pod.spec?.restartPolicy ?? 'Always';
  if (initial.length > 0) {
    const failed = initial.some(({ role, state }) => role === 'init' && state.terminated !== undefined && state.terminated.exitCode !== 0);
    if (failed && policy === 'Never') return 'Failed';
  }
  if (containers.some(({ state, lastState }) => state.waiting !== undefined && lastState.terminated === undefined)) return 'Pending';
  const ended = containers.every(({ state }) => state.terminated !== undefined);
  if (!ended || policy === 'Always') return 'Running';
  const failed = containers.some(({ state }) => state.terminated?.exitCode !== 0);
  if (!failed) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}
