import type { Agenda } from '../time/agenda.ts';
import type { AgendaEntry } from './agenda-entry.ts';
import { ApiServer } from './api-server.ts';
import { furnishCluster, SYSTEM_NAMESPACES } from './built-ins.ts';
import { ClusterClock } from './cluster-clock.ts';
import { FlowSchemas } from './controllers/flow-schemas.ts';
import { GarbageCollector } from './controllers/garbage-collector.ts';
import { NamespaceController } from './controllers/namespace.ts';
import { ResourceQuotaController } from './controllers/resource-quota.ts';
import { RoleAggregation } from './controllers/role-aggregation.ts';
import { EventRecorder } from './event-recorder.ts';
import { DefinitionController } from './extensions/definition-controller.ts';
import { PolicyController } from './extensions/policy-controller.ts';
import type { KubeObject } from './objects.ts';
import { ObjectStore, type AnyObject } from './store.ts';

/**
 * The API of a cluster in which nothing runs: no scheduler, no kubelets, no controllers of workloads. Pods stay as they
 * were written, for tests of clients and controllers that play those parts themselves.
 */
export class BarePlane {
  readonly clock: ClusterClock;
  readonly store: ObjectStore;
  readonly api: ApiServer;

  /** `epochMs`: Unix time in ms of simulated time 0. Throws a sentence where the API refuses one of the objects. */
  constructor({ agenda, seed, epochMs, objects }: { readonly agenda: Agenda<AgendaEntry>; readonly seed: number; readonly epochMs: number; readonly objects: readonly KubeObject[] }) {
    this.clock = new ClusterClock(agenda, epochMs);
    this.store = new ObjectStore(this.clock, seed);
    this.api = new ApiServer(this.store, this.clock, seed);
    const cluster = { agenda, clock: this.clock, store: this.store, events: new EventRecorder(agenda, this.clock, this.store), seed, admission: this.api.admission };
    for (const controller of [new ResourceQuotaController(cluster), new GarbageCollector(cluster), new NamespaceController(cluster), new RoleAggregation(cluster), new FlowSchemas(cluster), new DefinitionController(cluster), new PolicyController(cluster)]) controller.start();
    const ground = objects.filter(({ kind }) => kind === 'Namespace' || kind === 'Node');
    const named = new Set(ground.map(({ metadata }) => metadata.name));
    for (const name of SYSTEM_NAMESPACES) if (!named.has(name)) this.#apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    for (const object of ground) this.#apply(object as AnyObject);
    furnishCluster(this.store, this.clock.now());
    for (const object of objects) if (!ground.includes(object)) this.#apply(object as AnyObject);
  }

  #apply(object: AnyObject): void {
    const applied = this.api.create(object);
    if (!applied.ok) throw new Error(`cluster manifest ${object.kind} ${object.metadata.name}: ${applied.status.message}`);
  }
}
