import type { ClusterNames } from '../cluster-names.ts';
import type { TrafficSpec } from '../../cluster/spec.ts';
import { parseDurationMs } from '../../time/sim-time.ts';
import type { FaultSpec, Scenario } from '../scenario.ts';
import { durationMs, shareOf } from '../shape/atoms.ts';
import type { AuthoredScenario } from '../shape/scenario-shape.ts';
import { buildChange } from './change.ts';
import { buildCondition, buildStage } from './stages.ts';
import { buildTraffic, mapValues } from './traffic.ts';

const NO_TRAFFIC: TrafficSpec = { load: [], programs: {}, externals: {}, alerts: [] };

/** The scenario out of what its author wrote. To be relied on only where no rule complained. */
export function buildScenario(authored: AuthoredScenario, names: ClusterNames): Scenario {
  const { slo, verdict } = authored;
  return {
    title: authored.title,
    kind: authored.kind,
    timeboxMs: durationMs(authored.timebox),
    startsAtMs: Date.parse(authored.starts),
    synopsis: authored.synopsis,
    secret: authored.secret,
    sources: authored.sources,
    skills: authored.skills,
    cluster: {
      name: authored.cluster.slice(authored.cluster.lastIndexOf('/') + 1),
      objects: names.objects,
      traffic: names.traffic === null ? NO_TRAFFIC : buildTraffic(names.traffic, names),
    },
    slo: { service: names.full('Service', slo.service), objective: shareOf(slo.objective), latencyMs: durationMs(slo.latency), windowMs: durationMs(slo.window) },
    changes: authored.changes.map((change) => buildChange(change, names)),
    faults: mapValues(authored.faults, (fault) => buildFault(fault, names)),
    pages: authored.pages,
    stages: buildStage(authored.stages, [], names),
    injects: authored.injects.map(({ id, after, unless, from, text }) => ({
      id,
      state: typeof after === 'string' ? null : after.state,
      afterMs: durationMs(typeof after === 'string' ? after : after.by),
      unless: unless ?? null,
      from,
      text,
    })),
    hints: authored.hints.map(({ after, unless, text }) => ({ afterMs: durationMs(after), unless: unless ?? null, text })),
    verdict: { mitigated: verdict.mitigated.map(buildCondition), resolved: verdict.resolved.map(buildCondition), never: verdict.never.map(buildCondition) },
    diagnosis: authored.diagnosis.map((text) => text.toLowerCase()),
    decoys: authored.decoys,
    solutions: authored.solutions,
  };
}

/** Settings as the catalogue's faults take them: durations in ms, shares from 0 to 1, the rest as written. */
function buildFault(authored: AuthoredScenario['faults'][string], names: ClusterNames): FaultSpec {
  const { kind, target, ...written } = authored;
  const settings: Record<string, number | string | boolean> = {};
  for (const [name, value] of Object.entries(written)) {
    if (typeof value === 'number' || typeof value === 'boolean') settings[name] = value;
    if (typeof value === 'string') settings[name] = settingValue(value);
  }
  return { kind, target: fullTarget(target, names), settings };
}

function settingValue(written: string): number | string {
  if (/^\d+(?:\.\d+)?%$/.test(written)) return shareOf(written);
  return parseDurationMs(written) ?? written;
}

const KIND_OF_TARGET = { deployment: 'Deployment', statefulset: 'StatefulSet', service: 'Service', configmap: 'ConfigMap', pod: 'Pod' } as const;

/** `deployment/checkout` → `deployment/shop/checkout`; `external/NAME` and `node/NAME` have no namespace and stay. */
function fullTarget(written: string, names: ClusterNames): string {
  const slash = written.indexOf('/');
  const kind = KIND_OF_TARGET[written.slice(0, slash) as keyof typeof KIND_OF_TARGET] as (typeof KIND_OF_TARGET)[keyof typeof KIND_OF_TARGET] | undefined;
  return kind === undefined ? written : `${written.slice(0, slash)}/${names.full(kind, written.slice(slash + 1))}`;
}
