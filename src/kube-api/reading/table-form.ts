import { tableOf as printerOf } from '../../cluster/printers/tables.ts';
import { wideOrderOf, type ColumnType } from '../../cluster/printers/kind-table.ts';
import { shownKind, type CustomObject } from '../../cluster/custom-kind.ts';
import type { CustomVersion } from '../../cluster/extensions/custom-resource.ts';
import type { Kind, KindMap, KubeObject } from '../../cluster/objects.ts';
import { customCells, customColumns } from '../../cluster/printers/custom-table.ts';
import { harmless } from '../harmless-text.ts';

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
  const heads = [...printer.columns, ...printer.wide];
  const order = wideOrderOf(printer);
  const types = heads.map((head) => printer.types?.[head]);
  const rows = objects.map((object) => {
    const texts = printer.row(object, options.nowUnixMs);
    return { cells: order.map((at) => cellOf(texts[at] ?? '', types[at], options)), ...conditionsOf(object), object: includedObject(object, options) };
  });
  const definitions = order.map((at) => columnOf(heads[at] as string, types[at], at < printer.columns.length ? 0 : 1));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: listMeta, columnDefinitions: columns ? definitions : null, rows };
}

/** As {@link tableOf}, of a custom kind in one of its versions. */
export function customTableOf(version: CustomVersion, objects: readonly CustomObject[], listMeta: object, options: TableOptions, columns = true): object {
  const rows = objects.map((object) => ({ cells: customCells(object, version, options.nowUnixMs).map((cell) => (typeof cell === 'string' ? harmless(cell) : cell)), object: includedObject(object, options) }));
  return { kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: listMeta, columnDefinitions: columns ? customColumns(version) : null, rows };
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
      return outward({ ...object, kind: shownKind(object.kind) });
  }
}

function cellOf(text: string, type: ColumnType | undefined, { outward }: TableOptions): unknown {
  switch (type) {
    case undefined:
      return harmless(text);
    case 'integer':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'date':
      return outward({ creationTimestamp: text }).creationTimestamp;
  }
}

/** What the server tells of pods that have ended. */
function conditionsOf(object: KubeObject): object {
  const phase = object.kind === 'Pod' ? (object as KindMap['Pod']).status?.phase : undefined;
  if (phase !== 'Succeeded' && phase !== 'Failed') return {};
  return { conditions: [{ type: 'Completed', status: 'True', reason: phase, message: phase === 'Failed' ? 'The pod failed.' : 'The pod has completed successfully.' }] };
}

function columnOf(head: string, type: ColumnType | undefined, priority: number): object {
  return { name: NAMES[head] ?? nameOf(head), type: type ?? 'string', format: head === 'NAME' ? 'name' : '', description: '', priority };
}

/** `NOMINATED NODE` as `Nominated Node`, `CLUSTER-IP` as `Cluster-IP`. */
function nameOf(head: string): string {
  return head.replace(/[A-Z()]+/g, (word) => (word === 'IP' ? word : word.charAt(0) + word.slice(1).toLowerCase()));
}

/** Heads that are spelt in a way of their own. */
const NAMES: Readonly<Record<string, string>> = {
  'UP-TO-DATE': 'Up-to-date', PV: 'PV', 'PORT(S)': 'Port(s)', 'OS-IMAGE': 'OS-Image', ADDRESSTYPE: 'AddressType', MINPODS: 'MinPods', MAXPODS: 'MaxPods', STORAGECLASS: 'StorageClass', VOLUMEATTRIBUTESCLASS: 'VolumeAttributesClass',
  VOLUMEMODE: 'VolumeMode', RECLAIMPOLICY: 'ReclaimPolicy', VOLUMEBINDINGMODE: 'VolumeBindingMode', ALLOWVOLUMEEXPANSION: 'AllowVolumeExpansion', PREEMPTIONPOLICY: 'PreemptionPolicy',
  SERVICEACCOUNTS: 'ServiceAccounts', PARAMKIND: 'ParamKind', PARAMREF: 'ParamRef', POLICYNAME: 'PolicyName', SIGNERNAME: 'SignerName', REQUESTEDDURATION: 'RequestedDuration',
  PRIORITYLEVEL: 'PriorityLevel', MATCHINGPRECEDENCE: 'MatchingPrecedence', DISTINGUISHERMETHOD: 'DistinguisherMethod', MISSINGPL: 'MissingPL',
  NOMINALCONCURRENCYSHARES: 'NominalConcurrencyShares', HANDSIZE: 'HandSize', QUEUELENGTHLIMIT: 'QueueLengthLimit', ATTACHREQUIRED: 'AttachRequired', PODINFOONMOUNT: 'PodInfoOnMount',
  STORAGECAPACITY: 'StorageCapacity', TOKENREQUESTS: 'TokenRequests', REQUIRESREPUBLISH: 'RequiresRepublish', STORAGECLASSNAME: 'StorageClassName',
};
