import { FAULTS } from '../../cluster/faults/catalogue.ts';
import { fullTarget } from '../fault-targets.ts';
import type { ClusterNames } from '../cluster-names.ts';
import type { TrafficSpec } from '../../cluster/spec.ts';
import type { FaultSpec, Scenario } from '../scenario.ts';
import { durationMs, shareOf } from '../shape/atoms.ts';
import type { AuthoredScenario } from '../shape/scenario-shape.ts';
import { furnished } from './furnished.ts';
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
      objects: furnished(names.applied, Object.values(authored.faults).map(({ kind }) => kind)),
      traffic: { ...(names.traffic === null ? NO_TRAFFIC : buildTraffic(names.traffic, names)), ...(authored.noise === undefined ? {} : { noise: authored.noise }) },
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
    verdict: { mitigated: verdict.mitigated.map(buildCondition), resolved: verdict.resolved.map(buildCondition), never: verdict.never.map(buildCondition), keeps: verdict.keeps },
    diagnosis: authored.diagnosis.map((text) => text.toLowerCase()),
    decoys: authored.decoys,
    solutions: authored.solutions,
  };
}

/** Settings as the catalogue's faults take them: durations in ms, shares from 0 to 1, numbers as written. */
function buildFault(authored: AuthoredScenario['faults'][string], names: ClusterNames): FaultSpec {
  const { kind, target, ...written } = authored;
  const fault = FAULTS.get(kind);
  const settings: Record<string, number | string | boolean> = {};
  for (const [name, value] of Object.entries(written)) {
    const type = fault?.settings[name]?.type;
    if (type === 'duration' && typeof value === 'string') settings[name] = durationMs(value);
    else if (type === 'share' && typeof value === 'string') settings[name] = shareOf(value);
    else if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string') settings[name] = value;
  }
  return { kind, target: fault === undefined ? target : fullTarget(fault.target, target, names), settings };
}
