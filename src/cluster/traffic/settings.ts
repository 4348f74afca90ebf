import type { KindMap } from '../objects.ts';
import type { Setting } from '../spec.ts';
import type { ObjectStore } from '../store.ts';
import { parseDurationMs } from '../../time/sim-time.ts';
import { decoded } from '../containers/environment.ts';

/** What a container finds configured: its environment as it was at its start, and flags that are read live. */
export interface Surroundings {
  readonly environment: ReadonlyMap<string, string>;
  readonly flags: Readonly<Record<string, string>>;
  /** Whether it finds Services by their names; absent where it does. */
  readonly resolves?: boolean;
  /** Ports `NAMESPACE/SERVICE:PORT` that its environment names and that the Services do not have. */
  readonly closed?: readonly string[];
}

/** The environment that a container of a pod starts with: its own `env`, then what `envFrom` brings. */
export function environmentOf(pod: KindMap['Pod'], store: ObjectStore): Map<string, string> {
  const container = pod.spec?.containers[0];
  const namespace = pod.metadata.namespace ?? 'default';
  const environment = new Map<string, string>();
  for (const source of container?.envFrom ?? []) {
    const data = source.configMapRef?.name === undefined ? secretText(store, namespace, source.secretRef?.name) : store.get('ConfigMap', namespace, source.configMapRef.name)?.data;
    for (const [key, value] of Object.entries(data ?? {})) environment.set((source.prefix ?? '') + key, value);
  }
  for (const variable of container?.env ?? []) {
    const { configMapKeyRef: map, secretKeyRef: secret } = variable.valueFrom ?? {};
    const value = map !== undefined ? store.get('ConfigMap', namespace, map.name ?? '')?.data?.[map.key] : secret !== undefined ? secretText(store, namespace, secret.name)?.[secret.key] : variable.value;
    if (value !== undefined) environment.set(variable.name, value);
  }
  return environment;
}

function secretText(store: ObjectStore, namespace: string, name: string | undefined): Record<string, string> | undefined {
  return name === undefined ? undefined : decoded(store.get('Secret', namespace, name));
}

/** Text of a setting: the environment wins over a flag; undefined where neither has it. */
function textOf(name: string, { environment, flags }: Surroundings): string | undefined {
  return environment.get(name) ?? (Object.hasOwn(flags, name) ? flags[name] : undefined);
}

/** Number of a setting. Durations such as `30s` count in ms; what is no number leaves the default in force, as most programs do. */
export function numberOf(setting: Setting, surroundings: Surroundings): number {
  const text = setting.env === null ? undefined : textOf(setting.env, surroundings);
  if (text === undefined || text.trim() === '') return setting.default;
  const value = parseDurationMs(text.trim()) ?? Number(text);
  return Number.isFinite(value) && value >= 0 ? value : setting.default;
}

/** Whether a switch is on: anything but `off`, `false`, `no`, `0`. */
export function isOn(name: string, byDefault: string, surroundings: Surroundings): boolean {
  return !['off', 'false', 'no', '0', 'disabled'].includes((textOf(name, surroundings) ?? byDefault).trim().toLowerCase());
}

/** Cores of a CPU quantity such as `500m` or `2`; null where it is none. */
export function coresOf(quantity: string | number | undefined): number | null {
  if (quantity === undefined) return null;
  const text = String(quantity);
  const value = text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);
  return Number.isFinite(value) && value > 0 ? value : null;
}
