import { kindOfDefinition } from '../extensions/custom-resource.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { Ref } from '../objects.ts';
import type { FaultKind, FaultSettings, FaultWorld } from './fault.ts';
import { err, type Mistake } from './mistakes.ts';
import { AUTHOR } from './settings.ts';

/** What a mistake in the spec of a custom object is made of. `wrong` gives the merge patch of the spec, by the spec as it is. */
interface CustomMistake extends Pick<FaultKind, 'word' | 'group' | 'summary' | 'lore'> {
  readonly settings?: FaultKind['settings'];
  readonly wrong: (spec: JsonObject, settings: FaultSettings) => JsonObject;
}

/** A fault that is a mistake in what an operator is asked for: the operator does the rest. */
export function customMistake({ settings = {}, wrong, ...rest }: CustomMistake): FaultKind {
  return {
    ...rest,
    target: 'custom',
    settings: { ...settings, ...AUTHOR },
    begin: (world, target, chosen) => {
      const found = customObject(world, target);
      return found === null ? () => undefined : err(world, [specPatch(found.ref, wrong(found.spec, chosen))], chosen, `${target.slice(0, target.indexOf('.')).replace(/s$/, '')}/${found.ref.name}: manifests applied`);
    },
  };
}

export function specPatch(ref: Ref, spec: JsonObject): Mistake {
  return { do: 'patch', ref, patch: { type: 'merge', body: { spec } } };
}

/** `postgresclusters.databases.example.com/books/ledger`, where there is one. */
export function customObject(world: FaultWorld, target: string): { readonly ref: Ref; readonly spec: JsonObject } | null {
  const [definition = '', namespace = '', name = ''] = target.split('/');
  const found = world.api.get('CustomResourceDefinition', '', definition);
  if (!found.ok) return null;
  const kind = kindOfDefinition(found.object);
  const object = world.api.get(kind, namespace, name);
  const { spec } = object.ok ? object.object : {};
  return object.ok ? { ref: { kind, namespace, name }, spec: isJsonObject(spec) ? spec : {} } : null;
}
