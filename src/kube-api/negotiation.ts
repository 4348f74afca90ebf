/** A media type of an `Accept` header with its parameters; all in lower case but for values. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The types of an `Accept` header, in the client's order of preference; no header accepts anything. */
export function acceptedTypes(header: string | undefined): readonly MediaType[] {
  const types = (header ?? '*/*').split(',').slice(0, 32).map(mediaType);
  const quality = ({ parameters }: MediaType): number => Number(parameters.get('q') ?? 1);
  return types.filter((one) => one.type !== '' && quality(one) > 0).toSorted((a, b) => quality(b) - quality(a));
}

export function mediaType(text: string): MediaType {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const pairs = parameters.map((one): [string, string] => {
    const at = one.indexOf('=');
    return at < 0 ? [one.toLowerCase(), ''] : [one.slice(0, at).trim().toLowerCase(), one.slice(at + 1).trim().replace(/^"(.*)"$/, '$1')];
  });
  return { type: type.toLowerCase(), parameters: new Map(pairs) };
}

/** How objects are to be shown: as they are, as rows of a table, or as their metadata alone; null where the client takes nothing of that. */
export type Form = 'object' | 'table' | 'metadata';

/** The form that a client likes best; null where it takes none. Where there are no tables (`tables` false), its next best. */
export function formOf(header: string | undefined, tables = true): Form | null {
  for (const { type, parameters } of acceptedTypes(header)) {
    if (!/^(?:application\/json|application\/\*|\*\/\*)$/.test(type)) continue;
    const as = parameters.get('as');
    if (as === undefined) return 'object';
    if (parameters.get('g') !== 'meta.k8s.io' || parameters.get('v') !== 'v1') continue;
    if (as === 'Table' && tables) return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'metadata';
  }
  return null;
}
