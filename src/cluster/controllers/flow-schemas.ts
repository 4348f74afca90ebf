import type { ClusterContext } from '../context.ts';
import type { KindMap } from '../objects.ts';
import { WorkQueue } from '../work-queue.ts';

type FlowSchema = KindMap['FlowSchema'];
type Condition = NonNullable<NonNullable<FlowSchema['status']>['conditions']>[number];

/** Says of each FlowSchema whether the priority level that it names exists. Source: pkg/util/flowcontrol of k8s.io/apiserver. */
export class FlowSchemas {
  readonly #cluster: ClusterContext;
  readonly #queue: WorkQueue;

  constructor(cluster: ClusterContext) {
    this.#cluster = cluster;
    this.#queue = new WorkQueue(cluster.agenda, DELAY_MS, (name) => this.#tell(name));
  }

  /** Follows the store from now on. */
  start(): void {
    const { store } = this.#cluster;
    store.watchKind('FlowSchema', (type, schema) => {
      if (type !== 'DELETED') this.#mark(schema);
    });
    store.watchKind('PriorityLevelConfiguration', (type) => {
      if (type !== 'MODIFIED') for (const schema of store.list('FlowSchema', null)) this.#mark(schema);
    });
  }

  /** What says so already, such as all of a new cluster, needs no work. */
  #mark(schema: FlowSchema): void {
    if (this.#news(schema) !== null) this.#queue.mark(schema.metadata.name);
  }

  #tell(name: string): void {
    const { store, clock } = this.#cluster;
    const schema = store.get('FlowSchema', '', name);
    const news = schema === undefined ? null : this.#news(schema);
    if (schema === undefined || news === null) return;
    const { conditions = [] } = schema.status ?? {};
    const before = dangling(schema);
    const lastTransitionTime = (before?.status === news.status ? before?.lastTransitionTime : undefined) ?? clock.now();
    store.update<FlowSchema>({ ...schema, status: { ...schema.status, conditions: [...conditions.filter(({ type }) => type !== 'Dangling'), { ...news, lastTransitionTime }] } });
  }

  /** The condition as it should be; null where it is so. */
  #news(schema: FlowSchema): Condition | null {
    const { name } = schema.spec?.priorityLevelConfiguration ?? { name: '' };
    const exists = this.#cluster.store.get('PriorityLevelConfiguration', '', name) !== undefined;
    const said = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(name)}`;
    const news: Condition = exists ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${said} and it exists` } : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${said} but there is no such object` };
    const known = dangling(schema);
    return known !== undefined && known.status === news.status && known.reason === news.reason && known.message === news.message ? null : news;
  }
}

function dangling({ status }: FlowSchema): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Dangling');
}

const DELAY_MS = 20;
