import type { Cluster } from '../../src/cluster/cluster.ts';
import { RESOURCES, type Kind } from '../../src/cluster/objects.ts';
import { otlpTraces, surroundingsOf } from '../../src/cluster/signals/otlp.ts';

/** Words that belong to who made a world, and to nobody who lives in it. */
const MAKERS = /gameday|simulat|\bfaults?\b|scenario|\binject|chaos|dungeon|game.?master|\bdrill/gi;

/** Words that are Kubernetes' and other projects' own, where they stand for what they do. */
const HONEST = /sidecar\.istio\.io\/inject|istio-injection/g;

/** All that a cluster holds and says, by where it is found: objects, logs, the change log, alerts, traces, metrics. */
export function* everythingSeen(cluster: Cluster): Generator<readonly [source: string, text: string]> {
  const { store, clock } = cluster.plane;
  for (const kind of Object.keys(RESOURCES) as Kind[]) for (const object of store.list(kind, null)) yield [`${kind} ${object.metadata.name}`, JSON.stringify(object)];
  for (const { pod, text } of cluster.everyLog()) yield [`log of ${pod}`, text];
  for (const { metadata: { namespace = '', name }, spec } of store.list('Pod', null)) {
    for (const container of spec?.containers ?? []) for (const previous of [false, true]) for (const { text } of cluster.podLogs(namespace, name, previous, container.name)) yield [`log of ${name}`, text];
  }
  for (const { who, what, details = [] } of cluster.changes.entries) yield ['change log', [who, what, ...details].join('\n')];
  for (const { name, text } of cluster.alerts.firing) yield ['alert', `${name} ${text}`];
  yield ['drift', cluster.drift.text().join('\n')];
  yield ['traces', JSON.stringify(otlpTraces(cluster.traces.all, surroundingsOf(cluster.traffic.places, clock.unixMs(0))))];
}

/** Where words stand that nobody who lives in the world would write, as `ConfigMap shop-flags: …scenario…`. `word` is a fault's. */
export function outOfPlace(seen: Iterable<readonly [string, string]>, word: string | null = null): string[] {
  const own = word === null ? null : new RegExp(`\\b${word}\\b`, 'i');
  const found = new Set<string>();
  for (const [source, text] of seen) {
    const plain = text.replaceAll(HONEST, '');
    for (const match of plain.matchAll(MAKERS)) found.add(`${source}: …${plain.slice(Math.max(0, match.index - 30), match.index + 30)}…`);
    if (own?.test(plain) === true) found.add(`${source}: ${word}`);
  }
  return [...found];
}
