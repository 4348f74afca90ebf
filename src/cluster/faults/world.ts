import type { Agenda } from '../../time/agenda.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import type { ControlPlane } from '../control-plane.ts';
import type { DataServers } from '../data/data-servers.ts';
import type { HelmReleases } from '../helm/releases.ts';
import { sameJson } from '../json.ts';
import type { Hosts } from '../nodes/hosts.ts';
import type { ChangeLog } from '../signals/change-log.ts';
import type { DriftDetection } from '../signals/terraform/drift-detection.ts';
import type { AnyObject } from '../store.ts';
import type { Builds } from '../traffic/builds.ts';
import type { Conditions } from '../traffic/conditions.ts';
import type { Flow } from '../traffic/flow.ts';
import type { FaultWorld } from './fault.ts';

/** What faults may move of a cluster. */
export function faultWorld({ agenda, runIn, reshow, plane, conditions, changes, drift, builds, hosts, flow, data, releases }: { readonly runIn: FaultWorld['machines']['runIn']; readonly reshow: FaultWorld['reshow']; readonly agenda: Agenda<AgendaEntry>; readonly plane: ControlPlane; readonly conditions: Conditions; readonly changes: ChangeLog; readonly drift: DriftDetection; readonly builds: Builds; readonly releases: HelmReleases; readonly hosts: Hosts; readonly flow: Flow; readonly data: DataServers }): FaultWorld {
  return {
    conditions,
    builds,
    api: plane.api,
    callsPerS: (workload) => callsPerS(flow, workload),
    machines: {
      failNode: (name) => hosts.turnOff(name),
      recoverNode: (name) => hosts.turnOn(name),
      runIn,
      killContainer: (pod, container, reason = 'Error') => plane.kubelet.killContainer(pod, container, reason, 137),
      host: (name) => hosts.of(name),
      every: (periodMs, due) => every(agenda, periodMs, due),
    },
    note: (who, what, details) => changes.add({ atMs: agenda.nowMs, who, what, ...(details === undefined || details.length === 0 ? {} : { details }) }),
    declare: (ref) => drift.adopt(ref),
    deployed: ({ kind, namespace, name }) => releases.changed(kind, namespace, name),
    restore: (object) => restore(plane, object),
    reshow,
    data,
    unixMs: () => plane.clock.unixMs(plane.clock.nowMs),
  };
}

function callsPerS({ layout }: Flow, workload: string | null): number {
  let calls = 0;
  let pods = 0;
  for (const { workloadKey, variant } of layout.pods) {
    if (workload !== null && workloadKey !== workload) continue;
    const alike = layout.pods.filter((pod) => pod.variant === variant).length;
    pods++;
    for (const route of variant.routes) for (const op of route.ops) calls += (route.startedPerS * op.nowShare * op.attempts) / alike;
  }
  return pods === 0 ? 0 : workload === null ? calls : calls / pods;
}

function every(agenda: Agenda<AgendaEntry>, periodMs: number, due: () => void): () => void {
  const entry: AgendaEntry = {
    due: () => {
      ticket = agenda.addAfter(periodMs, entry);
      due();
    },
  };
  let ticket = agenda.addAfter(periodMs, entry);
  return () => void agenda.cancel(ticket);
}

/** Through the API where that lets it, else past it. */
function restore({ api, store }: ControlPlane, object: AnyObject): void {
  const current = store.get(object.kind, object.metadata.namespace ?? '', object.metadata.name);
  if (current === undefined) {
    if (!api.create(object).ok && store.get('Namespace', '', object.metadata.namespace ?? '') !== undefined) store.create(object);
    return;
  }
  const { resourceVersion: _version, ...metadata } = object.metadata;
  if (sameJson({ ...current, metadata: { ...current.metadata, resourceVersion: undefined } }, { ...object, metadata })) return;
  const { status: before } = current as AnyObject & { status?: unknown };
  const { status: wanted } = object as AnyObject & { status?: unknown };
  if (sameJson(before, wanted) && api.update({ ...object, metadata }).ok) return;
  store.update({ ...object, metadata: { ...metadata, generation: (metadata.generation ?? 0) + 1 } });
}
