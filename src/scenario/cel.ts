import { Environment } from '@marcbachmann/cel-js';
import type { ConditionFacts, PodFacts, SinceWord, WorkloadFacts } from './condition-facts.ts';

/**
 * The language of conditions: CEL with a drill's facts. Every number is a double, so that authors may write `1` or
 * `1.0` everywhere. A workload that does not exist has 0 replicas; a pod that does not exist is not ready.
 *
 * One environment serves all drills, as making it takes longer than a night's conditions: who evaluates says of whose
 * facts, by {@link asking}.
 */
export function celEnvironment(): Environment {
  made ??= newEnvironment();
  return made;
}

/** What expressions are evaluated with. */
export interface CelContext {
  readonly slo: Slo;
  readonly cluster: Cluster;
}

export function celContext(facts: ConditionFacts): CelContext {
  return { slo: new Slo(facts), cluster: new Cluster(facts) };
}

/** Evaluates with the functions of the language asking these facts. */
export function asking<Value>(facts: ConditionFacts, evaluate: () => Value): Value {
  const before = asked;
  asked = facts;
  try {
    return evaluate();
  } finally {
    asked = before;
  }
}

let made: Environment | null = null;
let asked: ConditionFacts | null = null;

function askedFacts(): ConditionFacts {
  if (asked === null) throw new Error('cel: evaluated for nobody');
  return asked;
}

function newEnvironment(): Environment {
  const environment = new Environment({ limits: { maxAstNodes: 400, maxDepth: 40 } })
    .registerType('Slo', { ctor: Slo, fields: { burn: 'double', bad: 'double', p95: 'double' } })
    .registerType('Workload', { ctor: Workload, fields: { replicas: 'double', ready: 'double', image: 'string' } })
    .registerType('Pod', { ctor: Pod, fields: { ready: 'bool', restarts: 'double' } })
    .registerType('Cluster', { ctor: Cluster, fields: {} })
    .registerVariable('slo', 'Slo')
    .registerVariable('cluster', 'Cluster')
    .registerFunction('alert(string): bool', (name: string) => askedFacts().alert(name))
    .registerFunction('said(string): bool', (word: string) => askedFacts().said(word))
    .registerFunction('read(string): bool', (word: string) => askedFacts().read(word))
    .registerFunction('ticketed(string): bool', (word: string) => askedFacts().ticketed(word))
    .registerFunction('claimed(): bool', () => askedFacts().claimed())
    .registerFunction('acknowledged(): bool', () => askedFacts().acknowledged())
    .registerFunction('flag(string): string', (name: string) => askedFacts().flag(name))
    .registerFunction('since(string): double', (what: SinceWord) => askedFacts().since(what))
    .registerFunction('stage(string): bool', (path: string) => askedFacts().stage(path))
    .registerFunction('Cluster.deployment(string): Workload', ({ facts }: Cluster, name: string) => new Workload(facts.deployment(name)))
    .registerFunction('Cluster.statefulset(string): Workload', ({ facts }: Cluster, name: string) => new Workload(facts.statefulset(name)))
    .registerFunction('Cluster.service(string): bool', ({ facts }: Cluster, name: string) => facts.service(name))
    .registerFunction('Cluster.images(string): list<string>', ({ facts }: Cluster, name: string) => [...facts.images(name)])
    .registerFunction('Cluster.pod(string): Pod', ({ facts }: Cluster, name: string) => new Pod(facts.pod(name)));
  registerMixedNumbers(environment);
  return environment;
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
