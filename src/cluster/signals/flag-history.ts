import type { SimMs } from '../../time/sim-time.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import type { ChangeLog } from './change-log.ts';

/** One switching of a feature flag. */
export interface FlagChange {
  readonly atMs: SimMs;
  readonly configMap: { readonly namespace: string; readonly name: string };
  readonly flag: string;
  /** Null where it was not there before, or is not any more. */
  readonly from: string | null;
  readonly to: string | null;
}

/** Every switching of the flags in some ConfigMaps, read from the objects themselves: whoever switched them, and however. */
export class FlagHistory {
  readonly #changes: FlagChange[] = [];
  readonly #log: ChangeLog;

  /** `maps` are the ConfigMaps, `namespace/name`. Watches nothing where there are none. */
  constructor({ store, log, maps, nowMs }: { readonly store: ObjectStore; readonly log: ChangeLog; readonly maps: ReadonlySet<string>; readonly nowMs: () => SimMs }) {
    this.#log = log;
    if (maps.size === 0) return;
    store.watchKind('ConfigMap', (type, after, before) => {
      const { namespace = '', name } = after.metadata;
      if (before === null || !maps.has(`${namespace}/${name}`)) return;
      for (const [flag, from, to] of differences(before, type === 'DELETED' ? null : after)) this.#changes.push({ atMs: nowMs(), configMap: { namespace, name }, flag, from, to });
    });
  }

  /** The last switching of a flag; null where it is as it always was. */
  last(configMap: FlagChange['configMap'], flag: string): FlagChange | null {
    return this.#changes.findLast((one) => one.flag === flag && one.configMap.name === configMap.name && one.configMap.namespace === configMap.namespace) ?? null;
  }

  /** Who switched it, as the change log has it; null where nobody said so. */
  who({ atMs, configMap, flag }: FlagChange): string | null {
    return this.#log.entries.find((entry) => entry.atMs === atMs && (entry.what.includes(configMap.name) || entry.what.includes(flag)))?.who ?? null;
  }
}

function* differences(before: KindMap['ConfigMap'], after: KindMap['ConfigMap'] | null): Generator<readonly [flag: string, from: string | null, to: string | null]> {
  const [were, are] = [before.data ?? {}, after?.data ?? {}];
  for (const flag of new Set([...Object.keys(were), ...Object.keys(are)])) {
    if (were[flag] !== are[flag]) yield [flag, were[flag] ?? null, are[flag] ?? null];
  }
}
