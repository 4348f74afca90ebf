import type { Agenda } from '../time/agenda.ts';
import { Die } from '../time/dice.ts';
import { MINUTE_MS, type SimMs } from '../time/sim-time.ts';
import type { AgendaEntry } from './agenda-entry.ts';
import { NO_WEBHOOKS, type WebhookPrograms } from './admission/webhook-call.ts';
import { ApiServer } from './api-server.ts';
import { furnishCluster, SYSTEM_NAMESPACES } from './built-ins.ts';
import { ClusterClock } from './cluster-clock.ts';
import { AutoscalerController } from './controllers/autoscaler.ts';
import { CloudServices } from './controllers/cloud-services.ts';
import { CronJobController } from './controllers/cron-job.ts';
import { DaemonSetController } from './controllers/daemon-set.ts';
import { DeploymentController } from './controllers/deployment.ts';
import { DisruptionController } from './controllers/disruption.ts';
import { EndpointSliceController } from './controllers/endpoint-slices.ts';
import { EndpointSliceMirroring } from './controllers/endpoint-slice-mirroring.ts';
import { EndpointsController } from './controllers/endpoints.ts';
import { FlowSchemas } from './controllers/flow-schemas.ts';
import { GarbageCollector } from './controllers/garbage-collector.ts';
import { JobController } from './controllers/job.ts';
import { NamespaceController } from './controllers/namespace.ts';
import { NodeLifecycle } from './controllers/node-lifecycle.ts';
import { ReplicaSetController } from './controllers/replica-set.ts';
import { ResourceQuotaController } from './controllers/resource-quota.ts';
import { RoleAggregation } from './controllers/role-aggregation.ts';
import { Scheduler } from './controllers/scheduler.ts';
import { StatefulSetController } from './controllers/stateful-set.ts';
import { VolumeBinder } from './controllers/volume-binding.ts';
import { DefinitionController } from './extensions/definition-controller.ts';
import { PolicyController } from './extensions/policy-controller.ts';
import { EventRecorder } from './event-recorder.ts';
import { FlowControl } from './flow-control/flow-control.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import type { KubeObject } from './objects.ts';
import type { ContainerRuntime, PodMetrics } from './runtime.ts';
import { ObjectStore, type AnyObject } from './store.ts';

/** A whole cluster but for what runs in it: the store, the API, the controllers and the kubelets, on one agenda. */
export class ControlPlane {
  readonly clock: ClusterClock;
  readonly store: ObjectStore;
  readonly api: ApiServer;
  readonly kubelet: Kubelet;
  readonly events: EventRecorder;
  /** How the API server shares itself among those who ask. */
  readonly flow: FlowControl;
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #die: Die;

  /** `epochMs`: Unix time in ms of simulated time 0. The agenda starts as long before 0 as the cluster is old. */
  constructor({ agenda, seed, epochMs, runtime, metrics = NO_METRICS, webhooks = NO_WEBHOOKS }: { agenda: Agenda<AgendaEntry>; seed: number; epochMs: number; runtime: ContainerRuntime; metrics?: PodMetrics; webhooks?: WebhookPrograms }) {
    this.#agenda = agenda;
    this.#die = new Die(seed, 'cluster/boot');
    this.clock = new ClusterClock(agenda, epochMs);
    this.store = new ObjectStore(this.clock, seed);
    this.api = new ApiServer(this.store, this.clock, seed, webhooks);
    const events = new EventRecorder(agenda, this.clock, this.store);
    this.events = events;
    this.flow = new FlowControl(agenda, this.store, seed);
    const cluster = { agenda, clock: this.clock, store: this.store, events, seed, admission: this.api.admission };
    new DeploymentController(cluster).start();
    new ReplicaSetController(cluster).start();
    new ReplicaSetController(cluster, 'ReplicationController').start();
    new StatefulSetController(cluster).start();
    new DaemonSetController(cluster).start();
    new JobController(cluster).start();
    new CronJobController(cluster).start();
    new ResourceQuotaController(cluster).start();
    new DisruptionController(cluster).start();
    new VolumeBinder(cluster).start();
    new AutoscalerController(cluster, metrics).start();
    new Scheduler(cluster).start();
    const lifecycle = new NodeLifecycle(cluster);
    lifecycle.start();
    this.kubelet = new Kubelet(cluster, runtime, lifecycle);
    new EndpointSliceController(cluster).start();
    new EndpointsController(cluster).start();
    new EndpointSliceMirroring(cluster).start();
    new CloudServices(cluster).start();
    new GarbageCollector(cluster).start();
    new NamespaceController(cluster).start();
    new DefinitionController(cluster).start();
    new PolicyController(cluster).start();
    new RoleAggregation(cluster).start();
    new FlowSchemas(cluster).start();
  }

  /**
   * Puts the making of a cluster onto the agenda: namespaces and nodes now, the other objects in the order given within
   * the next hours, so that ages differ as they do. The caller runs the agenda on. Throws, when their time comes, on
   * manifests that the API refuses: whoever read them was to check them with `objectErrors`.
   */
  boot(objects: readonly KubeObject[]): void {
    let atMs: SimMs = this.#agenda.nowMs;
    const ground = objects.filter(({ kind }) => kind === 'Namespace' || kind === 'Node');
    for (const namespace of SYSTEM_NAMESPACES) {
      if (!ground.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace)) this.#apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    }
    for (const object of ground) this.#apply(object as AnyObject);
    furnishCluster(this.store, this.clock.now());
    for (const object of objects) {
      if (ground.includes(object)) continue;
      atMs += 1000 + this.#die.roll(4 * MINUTE_MS);
      this.#agenda.add(atMs, { due: () => this.#apply(object as AnyObject) });
    }
  }

  #apply(object: AnyObject): void {
    const applied = this.api.create(object);
    if (!applied.ok) throw new Error(`cluster manifest ${object.kind} ${object.metadata.name}: ${applied.status.message}`);
  }
}

/** Where nobody measures. */
const NO_METRICS: PodMetrics = { podUsage: () => null };
