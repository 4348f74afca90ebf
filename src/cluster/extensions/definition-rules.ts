import { DNS_1035, DNS_1035_TEXT, SUBDOMAIN, SUBDOMAIN_TEXT } from '../admission/metadata-rules.ts';
import { isJsonObject, sameJson } from '../json.ts';
import type { KindMap } from '../objects.ts';
import { structuralErrors } from './structural-rules.ts';

type Definition = KindMap['CustomResourceDefinition'];
type Spec = NonNullable<Definition['spec']>;
type Version = Spec['versions'][number] & { readonly selectableFields?: readonly { readonly jsonPath: string }[] };

/** What is wrong with a CustomResourceDefinition. Source: apiextensions-apiserver's pkg/apis/apiextensions/validation. */
export function definitionErrors(object: Definition): string[] {
  const spec = object.spec as Partial<Spec> | undefined;
  const { plural = '' } = spec?.names ?? {};
  const { group = '' } = spec ?? {};
  const errors: string[] = [];
  if (object.metadata.name !== `${plural}.${group}`) errors.push(`metadata.name: Invalid value: ${JSON.stringify(object.metadata.name)}: must be spec.names.plural+"."+spec.group`);
  if (isProtected(group)) errors.push(...approvalErrors(object));
  errors.push(...groupErrors(group), ...scopeErrors(spec?.scope), ...versionsErrors(spec?.versions), ...nameErrors(spec?.names), ...conversionErrors(spec?.conversion));
  if (spec?.preserveUnknownFields === true) errors.push('spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead');
  return errors;
}

/** What may not change in one that is established. */
export function definitionUpdateErrors(next: Definition, current: Definition): string[] {
  const fixed: (readonly [path: string, is: unknown, was: unknown])[] = [['spec.group', next.spec.group, current.spec.group], ['spec.names.plural', next.spec.names.plural, current.spec.names.plural]];
  if (current.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') === true) {
    fixed.unshift(['spec.scope', next.spec.scope, current.spec.scope], ['spec.names.kind', next.spec.names.kind, current.spec.names.kind]);
  }
  const errors = fixed.filter(([, is, was]) => is !== was).map(([path, is]) => `${path}: Invalid value: ${JSON.stringify(is)}: field is immutable`);
  (current.status?.storedVersions ?? []).forEach((version, at) => {
    if (!next.spec.versions.some(({ name }) => name === version)) errors.push(`status.storedVersions[${at}]: Invalid value: ${JSON.stringify(version)}: missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`);
  });
  return errors;
}

function isProtected(group: string): boolean {
  return /(?:^|\.)(?:k8s\.io|kubernetes\.io)$/.test(group);
}

function approvalErrors({ metadata }: Definition): string[] {
  const approval = metadata.annotations?.[APPROVAL];
  const path = `metadata.annotations[${APPROVAL}]`;
  if (approval === undefined || approval === '') return [`${path}: Required value: protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`];
  if (/^https?:\/\/[^/]+/.test(approval) || approval.startsWith('unapproved')) return [];
  return [`${path}: Invalid value: ${JSON.stringify(approval)}: protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`];
}

const APPROVAL = 'api-approved.kubernetes.io';

function groupErrors(group: string): string[] {
  if (group === '') return ['spec.group: Required value'];
  if (!SUBDOMAIN.test(group)) return [`spec.group: Invalid value: ${JSON.stringify(group)}: ${SUBDOMAIN_TEXT}`];
  return group.includes('.') ? [] : [`spec.group: Invalid value: ${JSON.stringify(group)}: should be a domain with at least one dot`];
}

function scopeErrors(scope: string | undefined): string[] {
  if (scope === undefined || scope === '') return ['spec.scope: Required value'];
  return scope === 'Namespaced' || scope === 'Cluster' ? [] : [`spec.scope: Unsupported value: ${JSON.stringify(scope)}: supported values: "Cluster", "Namespaced"`];
}

function versionsErrors(versions: readonly Version[] | undefined): string[] {
  const all = versions ?? [];
  const errors: string[] = [];
  // A schema that all versions share stands at the top in the server's own form, and so in its errors.
  const shared = all.every(({ schema }) => sameJson(schema, all[0]?.schema));
  all.forEach((version, at) => {
    const path = `spec.versions[${at}]`;
    if (!DNS_1035.test(version.name ?? '')) errors.push(`${path}.name: Invalid value: ${JSON.stringify(version.name ?? '')}: ${DNS_1035_TEXT}`);
    const schema = version.schema?.openAPIV3Schema;
    if (!isJsonObject(schema)) errors.push(`${path}.schema.openAPIV3Schema: Required value: schemas are required`);
    else if (!shared) errors.push(...structuralErrors(schema, `${path}.schema.openAPIV3Schema`));
    else if (at === 0) errors.push(...structuralErrors(schema, 'spec.validation.openAPIV3Schema'));
    errors.push(...subresourceErrors(version, all.length === 1 ? 'spec' : path));
  });
  if (new Set(all.map(({ name }) => name)).size < all.length) errors.push(`spec.versions: Invalid value: ${goVersions(all)}: must contain unique version names`);
  if (all.filter(({ storage }) => storage).length !== 1) errors.push(`spec.versions: Invalid value: ${goVersions(all)}: must have exactly one version marked as storage version`);
  return errors;
}

function goVersions(versions: readonly Version[]): string {
  const each = versions.map(({ name, served, storage }) => `apiextensions.CustomResourceDefinitionVersion{Name:${JSON.stringify(name)}, Served:${served}, Storage:${storage}, Deprecated:false, DeprecationWarning:(*string)(nil), Schema:(*apiextensions.CustomResourceValidation)(nil), Subresources:(*apiextensions.CustomResourceSubresources)(nil), AdditionalPrinterColumns:[]apiextensions.CustomResourceColumnDefinition(nil), SelectableFields:[]apiextensions.SelectableField(nil)}`);
  return `[]apiextensions.CustomResourceDefinitionVersion{${each.join(', ')}}`;
}

function subresourceErrors({ subresources, additionalPrinterColumns, selectableFields }: Version, path: string): string[] {
  const errors: string[] = [];
  const scale = subresources?.scale;
  if (scale !== undefined) {
    for (const [field, under] of [['specReplicasPath', '.spec'], ['statusReplicasPath', '.status']] as const) {
      const value = scale[field] ?? '';
      if (value === '') errors.push(`${path}.subresources.scale.${field}: Required value`);
      else if (!value.startsWith(`${under}.`)) errors.push(`${path}.subresources.scale.${field}: Invalid value: ${JSON.stringify(value)}: should be a json path under ${under}`);
    }
  }
  (additionalPrinterColumns ?? []).forEach((column, at) => {
    const place = `${path}.additionalPrinterColumns[${at}]`;
    if ((column.name ?? '') === '') errors.push(`${place}.name: Required value`);
    if ((column.type ?? '') === '') errors.push(`${place}.type: Required value: must be one of ${COLUMN_TYPES.join(',')}`);
    else if (!COLUMN_TYPES.includes(column.type)) errors.push(`${place}.type: Invalid value: ${JSON.stringify(column.type)}: must be one of ${COLUMN_TYPES.join(',')}`);
    if ((column.jsonPath ?? '') === '') errors.push(`${place}.JSONPath: Required value`);
  });
  if ((selectableFields ?? []).length > 8) errors.push(`${path}.selectableFields: Too many: ${selectableFields?.length}: must have at most 8 items`);
  return errors;
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];

function nameErrors(names: Spec['names'] | undefined): string[] {
  const errors: string[] = [];
  const label = (field: string, value: string | undefined, mixed: boolean): void => {
    if (value === undefined || value === '') errors.push(`spec.names.${field}: Required value`);
    else if (!DNS_1035.test(mixed ? value.toLowerCase() : value)) errors.push(`spec.names.${field}: Invalid value: ${JSON.stringify(value)}: ${mixed ? 'may have mixed case, but should otherwise match: ' : ''}${DNS_1035_TEXT}`);
  };
  label('plural', names?.plural, false);
  label('singular', names?.singular, false);
  label('kind', names?.kind, true);
  label('listKind', names?.listKind, true);
  for (const field of ['shortNames', 'categories'] as const) {
    (names?.[field] ?? []).forEach((value, at) => {
      if (!DNS_1035.test(value)) errors.push(`spec.names.${field}[${at}]: Invalid value: ${JSON.stringify(value)}: ${DNS_1035_TEXT}`);
    });
  }
  if (names !== undefined && (names.kind ?? '') !== '' && names.kind === names.listKind) errors.push(`spec.names.listKind: Invalid value: ${JSON.stringify(names.listKind)}: kind and listKind may not be the same`);
  return errors;
}

function conversionErrors(conversion: Spec['conversion'] | undefined): string[] {
  if (conversion === undefined || conversion.strategy === 'None') {
    return conversion?.webhook === undefined ? [] : ['spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook'];
  }
  if (conversion.strategy !== 'Webhook') return [`spec.conversion.strategy: Unsupported value: ${JSON.stringify(conversion.strategy)}: supported values: "None", "Webhook"`];
  const errors: string[] = [];
  const { webhook } = conversion;
  if (webhook?.clientConfig === undefined) errors.push('spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook');
  else if ((webhook.clientConfig.url === undefined) === (webhook.clientConfig.service === undefined)) errors.push('spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required');
  if ((webhook?.conversionReviewVersions ?? []).length === 0) errors.push('spec.conversion.conversionReviewVersions: Required value');
  return errors;
}
