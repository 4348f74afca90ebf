import type { FaultSettings, FaultWorld } from './fault.ts';
import { err } from './mistakes.ts';

/** The Corefile of the cluster's resolver; undefined where the cluster has none of its own. */
export function corefileOf(world: FaultWorld): string | undefined {
  const found = world.api.get('ConfigMap', 'kube-system', 'coredns');
  return found.ok ? found.object.data?.['Corefile'] : undefined;
}

/** Writes rules into the Corefile, before the plugin that answers for the cluster's names. Returns how to take them back. */
export function ruleAdded(world: FaultWorld, rule: string, settings: FaultSettings, entry: string): () => void {
  const ref = { kind: 'ConfigMap', namespace: 'kube-system', name: 'coredns' } as const;
  const Corefile = (corefileOf(world) ?? '').replace(/^(\s*)kubernetes /m, (_, indent: string) => `${rule.split('\n').map((line) => `${indent}${line}\n`).join('')}${indent}kubernetes `);
  return err(world, [{ do: 'patch', ref, patch: { type: 'merge', body: { data: { Corefile } } } }], settings, entry);
}
