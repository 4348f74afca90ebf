import type { KindMap } from '../objects.ts';

type Definition = KindMap['CustomResourceDefinition'];

/** What the API server fills into a CustomResourceDefinition; the version that it stores is remembered for ever. */
export function definitionDefaults(object: Definition): Definition {
  const { spec, status } = object;
  if (spec?.names === undefined || !Array.isArray(spec.versions)) return object;
  const { names } = spec;
  const kind = typeof names.kind === 'string' ? names.kind : '';
  const stored = spec.versions.find(({ storage }) => storage)?.name;
  const before = status?.storedVersions ?? [];
  return {
    ...object,
    spec: {
      ...spec, conversion: spec.conversion ?? { strategy: 'None' },
      names: { ...names, singular: names.singular ?? kind.toLowerCase(), listKind: names.listKind ?? `${kind}List` },
    },
    status: {
      ...(status ?? { conditions: [], acceptedNames: { plural: '', kind: '' } }),
      storedVersions: stored === undefined || before.includes(stored) ? before : [...before, stored],
    },
  };
}
