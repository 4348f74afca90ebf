import type { Kind, KindMap } from '../objects.ts';
import { age } from './age.ts';
import { joinLabels } from './fields.ts';
import { imagesOf } from './further-tables.ts';
import type { KindTable } from './kind-table.ts';

/** Tables of the kinds that extend and steer the platform; the column sets are those of Kubernetes' own printers (pkg/printers/internalversion, and kube-aggregator's for its own). */
export const PLATFORM_TABLES = {
  ReplicationController: {
    columns: ['NAME', 'DESIRED', 'CURRENT', 'READY', 'AGE'],
    wide: ['CONTAINERS', 'IMAGES', 'SELECTOR'],
    types: { DESIRED: 'integer', CURRENT: 'integer', READY: 'integer' },
    row: ({ metadata, spec, status }, now) => [
      metadata.name, String(spec?.replicas ?? 1), String(status?.replicas ?? 0), String(status?.readyReplicas ?? 0), age(metadata.creationTimestamp, now), ...imagesOf(spec?.template), joinLabels(spec?.selector),
    ],
  },
  PodTemplate: {
    columns: ['NAME', 'CONTAINERS', 'IMAGES', 'POD LABELS'],
    wide: [],
    row: ({ metadata, template }) => [metadata.name, ...imagesOf(template), joinLabels(template?.metadata?.labels)],
  },
  ControllerRevision: {
    columns: ['NAME', 'CONTROLLER', 'REVISION', 'AGE'],
    wide: [],
    row: ({ metadata, revision }, now) => {
      const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
      const group = owner?.apiVersion.includes('/') === true ? `.${owner.apiVersion.split('/')[0] ?? ''}` : '';
      return [metadata.name, owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}${group}/${owner.name}`, String(revision), age(metadata.creationTimestamp, now)];
    },
  },
  LimitRange: createdAt(),
  CustomResourceDefinition: createdAt(),
  Role: createdAt(),
  ClusterRole: createdAt(),
  APIService: {
    columns: ['NAME', 'SERVICE', 'AVAILABLE', 'AGE'],
    wide: [],
    row: ({ metadata, spec, status }, now) => {
      const available = status?.conditions?.find(({ type }) => type === 'Available');
      const word = available === undefined ? 'Unknown' : available.status === 'True' ? 'True' : `${available.status} (${available.reason ?? ''})`;
      return [metadata.name, spec.service === undefined ? 'Local' : `${spec.service.namespace}/${spec.service.name}`, word, age(metadata.creationTimestamp, now)];
    },
  },
  ValidatingWebhookConfiguration: webhooks(),
  MutatingWebhookConfiguration: webhooks(),
  ValidatingAdmissionPolicy: {
    columns: ['NAME', 'VALIDATIONS', 'PARAMKIND', 'AGE'],
    wide: [],
    types: { VALIDATIONS: 'integer' },
    row: ({ metadata, spec }, now) => [
      metadata.name, String(spec?.validations?.length ?? 0), spec?.paramKind === undefined ? '<unset>' : `${spec.paramKind.apiVersion ?? ''}/${spec.paramKind.kind ?? ''}`, age(metadata.creationTimestamp, now),
    ],
  },
  ValidatingAdmissionPolicyBinding: {
    columns: ['NAME', 'POLICYNAME', 'PARAMREF', 'AGE'],
    wide: [],
    row: ({ metadata, spec }, now) => {
      const { name, namespace } = spec?.paramRef ?? {};
      return [metadata.name, spec?.policyName ?? '', name === undefined ? '<unset>' : namespace === undefined ? name : `${namespace}/${name}`, age(metadata.creationTimestamp, now)];
    },
  },
  CertificateSigningRequest: {
    columns: ['NAME', 'AGE', 'SIGNERNAME', 'REQUESTOR', 'REQUESTEDDURATION', 'CONDITION'],
    wide: [],
    row: (request, now) => [
      request.metadata.name, age(request.metadata.creationTimestamp, now), request.spec?.signerName ?? '<none>', request.spec?.username ?? '',
      request.spec?.expirationSeconds === undefined ? '<none>' : humanSeconds(request.spec.expirationSeconds), requestCondition(request),
    ],
  },
  FlowSchema: {
    columns: ['NAME', 'PRIORITYLEVEL', 'MATCHINGPRECEDENCE', 'DISTINGUISHERMETHOD', 'AGE', 'MISSINGPL'],
    wide: [],
    row: ({ metadata, spec, status }, now) => [
      metadata.name, spec?.priorityLevelConfiguration?.name ?? '', String(spec?.matchingPrecedence ?? ''), spec?.distinguisherMethod?.type ?? '<none>', age(metadata.creationTimestamp, now),
      status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ],
  },
  PriorityLevelConfiguration: {
    columns: ['NAME', 'TYPE', 'NOMINALCONCURRENCYSHARES', 'QUEUES', 'HANDSIZE', 'QUEUELENGTHLIMIT', 'AGE'],
    wide: [],
    row: ({ metadata, spec }, now) => {
      const shares = spec?.limited?.nominalConcurrencyShares ?? spec?.exempt?.nominalConcurrencyShares;
      const queuing = spec?.limited?.limitResponse?.queuing;
      const word = (value: number | undefined): string => (value === undefined ? '<none>' : String(value));
      return [metadata.name, spec?.type ?? '', word(shares), word(queuing?.queues), word(queuing?.handSize), word(queuing?.queueLengthLimit), age(metadata.creationTimestamp, now)];
    },
  },
  RuntimeClass: { columns: ['NAME', 'HANDLER', 'AGE'], wide: [], row: ({ metadata, handler }, now) => [metadata.name, handler, age(metadata.creationTimestamp, now)] },
  CSIDriver: {
    columns: ['NAME', 'ATTACHREQUIRED', 'PODINFOONMOUNT', 'STORAGECAPACITY', 'TOKENREQUESTS', 'REQUIRESREPUBLISH', 'MODES', 'AGE'],
    wide: [],
    types: { ATTACHREQUIRED: 'boolean', PODINFOONMOUNT: 'boolean', STORAGECAPACITY: 'boolean', REQUIRESREPUBLISH: 'boolean' },
    row: ({ metadata, spec }, now) => [
      metadata.name, String(spec.attachRequired ?? true), String(spec.podInfoOnMount ?? false), String(spec.storageCapacity ?? false),
      (spec.tokenRequests ?? []).length === 0 ? '<unset>' : (spec.tokenRequests ?? []).map(({ audience }) => audience).join(','), String(spec.requiresRepublish ?? false),
      (spec.volumeLifecycleModes ?? []).length === 0 ? '<none>' : (spec.volumeLifecycleModes ?? []).join(','), age(metadata.creationTimestamp, now),
    ],
  },
  CSINode: {
    columns: ['NAME', 'DRIVERS', 'AGE'],
    wide: [],
    types: { DRIVERS: 'integer' },
    row: ({ metadata, spec }, now) => [metadata.name, String(spec.drivers?.length ?? 0), age(metadata.creationTimestamp, now)],
  },
  CSIStorageCapacity: {
    columns: ['NAME', 'STORAGECLASSNAME', 'CAPACITY'],
    wide: [],
    row: ({ metadata, storageClassName, capacity }) => [metadata.name, storageClassName, capacity ?? '<unset>'],
  },
  VolumeAttachment: {
    columns: ['NAME', 'ATTACHER', 'PV', 'NODE', 'ATTACHED', 'AGE'],
    wide: [],
    types: { ATTACHED: 'boolean' },
    row: ({ metadata, spec, status }, now) => [
      metadata.name, spec.attacher, spec.source.persistentVolumeName ?? '', spec.nodeName, String(status?.attached ?? false), age(metadata.creationTimestamp, now),
    ],
  },
} satisfies { readonly [K in Kind]?: KindTable<K> };

/** Kinds without a printer: the server's default, a name and a time. */
export function createdAt(): KindTable<Kind> {
  return { columns: ['NAME', 'CREATED AT'], wide: [], types: { 'CREATED AT': 'date' }, row: ({ metadata }) => [metadata.name, metadata.creationTimestamp ?? ''] };
}

function webhooks(): KindTable<'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration'> {
  return { columns: ['NAME', 'WEBHOOKS', 'AGE'], wide: [], types: { WEBHOOKS: 'integer' }, row: (one, now) => [one.metadata.name, String(one.webhooks?.length ?? 0), age(one.metadata.creationTimestamp, now)] };
}

/** `Approved,Issued`: what was decided of a request, and whether its certificate is there. */
function requestCondition({ status }: KindMap['CertificateSigningRequest']): string {
  const met = (type: string): boolean => (status?.conditions ?? []).some((one) => one.type === type);
  const decided = met('Denied') ? 'Denied' : met('Approved') ? 'Approved' : 'Pending';
  return `${decided}${met('Failed') ? ',Failed' : ''}${(status?.certificate ?? '') === '' ? '' : ',Issued'}`;
}

function humanSeconds(seconds: number): string {
  return age(new Date(0).toISOString(), seconds * 1_000);
}
