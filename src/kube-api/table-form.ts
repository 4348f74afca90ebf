import { tableOf as printerOf } from '../cluster/printers/tables.ts';
import type { Kind, KindMap, KubeObject } from '../cluster/objects.ts';

/** What a row of a table holds beside its cells: `includeObject` of the request. */
export type IncludedObject = 'None' | 'Metadata' | 'Object';

export interface TableOptions {
  readonly include: IncludedObject;
  /** Simulated now as Unix time in ms: ages are of the simulated world. */
  readonly nowUnixMs: number;
  /** As clients are to see it. */
  readonly outward: <Value>(value: Value) => Value;
}

/**
 * Objects of one kind as `kubectl get` prints them: a `Table` of meta.k8s.io/v1. Columns that only `-o wide` shows have
 * priority 1. `columns` false leaves the heads out, as later events of a watch do.
 */
export function tableOf<K extends Kind>(kind: K, objects: readonly KindMap[K][], listMeta: object, options: TableOptions, columns = true): object {
  const printer = printerOf(kind);
  const heads = [...printer.columns.map((head) => columnOf(head, 0)), ...printer.wide.map((head) => columnOf(head, 1))];
  const rows = objects.map((object) => ({ cells: printer.row(object, options.nowUnixMs), object: includedObject(object, options) }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: listMeta, columnDefinitions: columns ? heads : null, rows };
}

export function metadataOnly({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata };
}

function includedObject(object: KubeObject, { include, outward }: TableOptions): object | null {
  switch (include) {
    case 'None':
      return null;
    case 'Metadata':
      return outward(metadataOnly(object));
    case 'Object':
      return outward(object);
  }
}

function columnOf(head: string, priority: number): object {
  const name = head.split(' ').map((word) => word.split('-').map((part, at) => (part === 'IP' ? part : at === 0 ? part.charAt(0) + part.slice(1).toLowerCase() : part.toLowerCase())).join('-')).join(' ');
  return { name, type: 'string', format: head === 'NAME' ? 'name' : '', description: '', priority };
}
