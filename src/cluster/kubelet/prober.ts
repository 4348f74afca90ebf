import type { Container } from 'kubernetes-types/core/v1';
import type { ProbeAnswer } from '../runtime.ts';
import type { ContainerModel } from './container-model.ts';
import type { PodScope } from './pod-scope.ts';
import { Probe, probeFailure, type ProbeKind } from './probe.ts';

/** What comes of probes. */
export interface ProbeOutcomes {
  started(container: ContainerModel): void;
  unhealthy(container: ContainerModel, kind: ProbeKind): void;
}

/** The probes of a container that has just been started. */
export function probesOf(scope: PodScope, spec: Container, startedAtMs: number, outcomes: ProbeOutcomes): Probe[] {
  const probes: Probe[] = [];
  for (const [kind, probe] of [['startup', spec.startupProbe], ['readiness', spec.readinessProbe], ['liveness', spec.livenessProbe]] as const) {
    if (probe === undefined) continue;
    probes.push(new Probe(scope.cluster.agenda, kind, probe, startedAtMs, {
      ask: (asked, answer) => ask(scope, spec.name, asked, answer),
      tell: (asked, answer) => probed(scope, spec.name, asked, answer, outcomes),
    }));
  }
  return probes;
}

/** Readiness and liveness wait for the startup probe. */
export function startProbes(container: ContainerModel): void {
  for (const probe of container.run?.probes ?? []) if ((probe.kind === 'startup') !== container.started) probe.wake();
}

function ask(scope: PodScope, name: string, probe: Probe, answer: (answer: ProbeAnswer) => void): void {
  if (scope.host.silent) return;
  const pod = scope.pod();
  const run = scope.containers.find((container) => container.name === name)?.run;
  if (pod === null || run === null || run === undefined || scope.cluster.clock.nowMs < run.servesFromMs) return answer({ ok: false, output: null, steady: true });
  scope.runtime.probe(pod, name, probe, answer);
}

function probed(scope: PodScope, name: string, probe: Probe, answer: ProbeAnswer, outcomes: ProbeOutcomes): void {
  const container = scope.containers.find((candidate) => candidate.name === name);
  if (container === undefined || container.run === null) return;
  if (!answer.ok) {
    const refused = scope.cluster.clock.nowMs < container.run.servesFromMs;
    scope.event('Warning', 'Unhealthy', answer.output === null ? probeFailure(probe.kind, probe.spec, container.spec, scope.podIp ?? '', refused) : `${probe.label} probe failed: ${answer.output}`, container);
  }
  const verdict = probe.verdict;
  if (verdict === null) return;
  if (probe.kind === 'startup' && verdict) {
    if (container.started) return;
    container.started = true;
    container.ready = container.spec.readinessProbe === undefined;
    probe.stop();
    startProbes(container);
    scope.writeStatus();
    outcomes.started(container);
  } else if (probe.kind === 'readiness') {
    if (container.ready === verdict) return;
    container.ready = verdict;
    scope.writeStatus();
  } else if (!verdict) outcomes.unhealthy(container, probe.kind);
}
