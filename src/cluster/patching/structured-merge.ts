import { isJsonObject } from '../json.ts';
import { FieldSet } from './field-set.ts';
import { elementOf, structureOfField, type Structure } from './structure.ts';

/**
 * What is live with what is applied merged into it: objects and keyed lists by their parts, everything else replaced.
 * Items keep the order of what is applied; those that only live ones know stay where they were between them.
 * Source: structured-merge-diff, typed/merge.go.
 */
export function structuredMerge(live: unknown, applied: unknown, structure: Structure): unknown {
  if (live === undefined) return applied;
  if (applied === undefined || live === applied) return live;
  if (isJsonObject(live) && isJsonObject(applied)) {
    if (structure.kind === 'atomic') return applied;
    const merged: Record<string, unknown> = { ...live };
    for (const key of Object.keys(applied)) merged[key] = structuredMerge(live[key], applied[key], structureOfField(structure, key));
    return merged;
  }
  if (Array.isArray(live) && Array.isArray(applied) && (structure.kind === 'list' || structure.kind === 'set')) {
    return mergedItems(live as unknown[], applied as unknown[], structure);
  }
  return applied;
}

type Listed = Extract<Structure, { kind: 'set' | 'list' }>;

function mergedItems(live: readonly unknown[], applied: readonly unknown[], structure: Listed): unknown[] {
  const inner: Structure = structure.kind === 'list' ? structure.item() : { kind: 'scalar', type: 'any' };
  const [before, after] = [live, applied].map((items) => items.map((item) => elementOf(structure, item) ?? JSON.stringify(item))) as [string[], string[]];
  const liveBy = new Map(before.map((element, at) => [element, before.indexOf(element) === at && before.lastIndexOf(element) === at ? live[at] : undefined]));
  const wanted = new Set(after);
  const shared = after.filter((element) => liveBy.has(element));
  const done = new Set<string>();
  const out: unknown[] = [];
  const take = (at: number): void => {
    const element = after[at] as string;
    done.add(element);
    out.push(structuredMerge(liveBy.get(element), applied[at], inner));
    if (shared[0] === element) shared.shift();
  };
  for (let [left, right] = [0, 0]; left < before.length || right < after.length; ) {
    const element = before[left];
    if (element !== undefined && right < after.length) {
      if (element === after[right]) {
        take(right++);
        left++;
        continue;
      }
      // Shared, but its turn comes later.
      if (wanted.has(element) && shared.length > 0 && shared[0] !== element) {
        left++;
        continue;
      }
    }
    if (element !== undefined) {
      if (!wanted.has(element)) {
        out.push(live[left++]);
        continue;
      }
      if (done.has(element)) left++;
    }
    if (right < after.length) take(right++);
  }
  return out;
}

/** A value without the named parts; undefined where nothing is left of it. Source: structured-merge-diff, typed/remove.go. */
export function withoutFields(value: unknown, gone: FieldSet, structure: Structure): unknown {
  if (gone.children.size === 0) return value;
  if (isJsonObject(value)) {
    if (structure.kind === 'atomic') return undefined;
    const left: Record<string, unknown> = {};
    for (const key of Object.keys(value)) {
      const node = gone.children.get(`f:${key}`);
      const kept = node === undefined ? value[key] : node.member ? undefined : withoutFields(value[key], node, structureOfField(structure, key));
      if (kept !== undefined) left[key] = kept;
    }
    return Object.keys(left).length > 0 ? left : undefined;
  }
  if (!Array.isArray(value)) return value;
  if (structure.kind !== 'list' && structure.kind !== 'set') return undefined;
  const inner: Structure = structure.kind === 'list' ? structure.item() : { kind: 'scalar', type: 'any' };
  const left = (value as unknown[]).flatMap((item) => {
    const node = gone.children.get(elementOf(structure, item) ?? '');
    if (node === undefined) return [item];
    const kept = node.member ? undefined : withoutFields(item, node, inner);
    return kept === undefined ? [] : [kept];
  });
  return left.length > 0 ? left : undefined;
}

/** A set with the named fields on the way to its members, which by themselves belong to nobody. */
export function withNamedFields(set: FieldSet, structure: Structure): FieldSet {
  const whole = new FieldSet();
  whole.member = set.member;
  for (const [element, child] of set.children) {
    const isField = element.startsWith('f:');
    const name = element.slice(2);
    const inner: Structure = isField ? structureOfField(structure, name) : structure.kind === 'list' ? structure.item() : { kind: 'deduced' };
    const next = withNamedFields(child, inner);
    if (isField && child.children.size > 0 && structure.kind === 'map' && structure.field(name) !== undefined) next.member = true;
    whole.children.set(element, next);
  }
  return whole;
}
