import { Environment } from '@marcbachmann/cel-js';
import type { ConditionFacts, PodFacts, WorkloadFacts } from './condition-facts.ts';

/**
 * The language of conditions: CEL with a drill's facts. Every number is a double, so that authors may write `1` or
 * `1.0` everywhere. A workload that does not exist has 0 replicas; a pod that does not exist is not ready.
 */
export function celEnvironment(facts: ConditionFacts): { environment: Environment; context: { slo: Slo; cluster: Cluster } } {
  const environment = new Environment({ limits: { maxAstNodes: 400, maxDepth: 40 } })
    .registerType('Slo', { ctor: Slo, fields: { burn: 'double', bad: 'double', p95: 'double' } })
    .registerType('Workload', { ctor: Workload, fields: { replicas: 'double', ready: 'double', image: 'string' } })
    .registerType('Pod', { ctor: Pod, fields: { ready: 'bool', restarts: 'double' } })
    .registerType('Cluster', { ctor: Cluster, fields: {} })
    .registerVariable('slo', 'Slo')
    .registerVariable('cluster', 'Cluster')
    .registerFunction('alert(string): bool', facts.alert)
    .registerFunction('said(string): bool', facts.said)
    .registerFunction('read(string): bool', facts.read)
    .registerFunction('ticketed(string): bool', facts.ticketed)
    .registerFunction('claimed(): bool', facts.claimed)
    .registerFunction('acknowledged(): bool', facts.acknowledged)
    .registerFunction('flag(string): string', facts.flag)
    .registerFunction('since(string): double', facts.since)
    .registerFunction('stage(string): bool', facts.stage)
    .registerFunction('Cluster.deployment(string): Workload', ({ facts: known }: Cluster, name: string) => new Workload(known.deployment(name)))
    .registerFunction('Cluster.statefulset(string): Workload', ({ facts: known }: Cluster, name: string) => new Workload(known.statefulset(name)))
    .registerFunction('Cluster.service(string): bool', ({ facts: known }: Cluster, name: string) => known.service(name))
    .registerFunction('Cluster.images(string): list<string>', ({ facts: known }: Cluster, name: string) => [...known.images(name)])
    .registerFunction('Cluster.pod(string): Pod', ({ facts: known }: Cluster, name: string) => new Pod(known.pod(name)));
  registerMixedNumbers(environment);
  return { environment, context: { slo: new Slo(facts), cluster: new Cluster(facts) } };
}

/** CEL compares doubles with whole-number literals but neither equates nor adds them; here it does. */
function registerMixedNumbers(environment: Environment): void {
  environment.registerOperator('double == int: bool', (left: number, right: bigint) => left === Number(right));
  const operations: readonly [string, (left: number, right: number) => number][] = [
    ['+', (left, right) => left + right],
    ['-', (left, right) => left - right],
    ['*', (left, right) => left * right],
    ['/', (left, right) => left / right],
  ];
  for (const [operator, apply] of operations) {
    const handler = (left: number | bigint, right: number | bigint): number => apply(Number(left), Number(right));
    environment.registerOperator(`double ${operator} int: double`, handler);
    environment.registerOperator(`int ${operator} double: double`, handler);
  }
}

class Slo {
  readonly #facts: ConditionFacts;

  constructor(facts: ConditionFacts) {
    this.#facts = facts;
  }

  get burn(): number {
    return this.#facts.burn();
  }

  get bad(): number {
    return this.#facts.bad();
  }

  get p95(): number {
    return this.#facts.p95Ms();
  }
}

class Workload {
  readonly replicas: number;
  readonly ready: number;
  readonly image: string;

  constructor(facts: WorkloadFacts | null) {
    this.replicas = facts?.replicas ?? 0;
    this.ready = facts?.ready ?? 0;
    this.image = facts?.image ?? '';
  }
}

class Pod {
  readonly ready: boolean;
  readonly restarts: number;

  constructor(facts: PodFacts | null) {
    this.ready = facts?.ready ?? false;
    this.restarts = facts?.restarts ?? 0;
  }
}

/** Has no fields for authors: what is in the cluster is asked for by name. */
class Cluster {
  readonly facts: ConditionFacts;

  constructor(facts: ConditionFacts) {
    this.facts = facts;
  }
}
