import type { KindMap } from '../objects.ts';
import { goMap } from './go-text.ts';
import { podSpecErrors } from './pod-rules.ts';
import { hasLabels } from '../labels.ts';
import { negative, unsupported } from './value-rules.ts';

/** What is wrong with objects of the kinds that extend and steer the platform. Source: the validation packages of Kubernetes' API groups. */

export function replicationControllerErrors({ spec }: KindMap['ReplicationController']): string[] {
  const errors: string[] = [];
  if ((spec?.replicas ?? 0) < 0) errors.push(negative('spec.replicas', spec?.replicas));
  if ((spec?.minReadySeconds ?? 0) < 0) errors.push(negative('spec.minReadySeconds', spec?.minReadySeconds));
  if (Object.keys(spec?.selector ?? {}).length === 0) errors.push('spec.selector: Required value');
  if (spec?.template === undefined) return [...errors, 'spec.template: Required value'];
  const labels = spec.template.metadata?.labels;
  if (spec.selector !== undefined && !hasLabels(spec.selector, labels)) errors.push(`spec.template.metadata.labels: Invalid value: ${goMap(labels)}: \`selector\` does not match template \`labels\``);
  const policy = spec.template.spec?.restartPolicy;
  errors.push(...(spec.template.spec === undefined ? ['spec.template.spec.containers: Required value'] : podSpecErrors(spec.template.spec, 'spec.template.spec')));
  return policy === undefined || policy === 'Always' ? errors : [...errors, `spec.template.spec.restartPolicy: Unsupported value: "${policy}": supported values: "Always"`];
}

export function podTemplateErrors({ template }: KindMap['PodTemplate']): string[] {
  return template?.spec === undefined ? ['template.spec.containers: Required value'] : podSpecErrors(template.spec, 'template.spec');
}

export function apiServiceErrors({ metadata, spec }: KindMap['APIService']): string[] {
  const wanted = `${spec?.version ?? ''}.${spec?.group ?? ''}`;
  const errors: string[] = [];
  if (metadata.name !== wanted) errors.push(`metadata.name: Invalid value: "${metadata.name}": must be \`spec.version+"."+spec.group\`: "${wanted}"`);
  if ((spec?.groupPriorityMinimum ?? 0) <= 0 || (spec?.groupPriorityMinimum ?? 0) > 20_000) errors.push(`spec.groupPriorityMinimum: Invalid value: ${spec?.groupPriorityMinimum ?? 0}: must be positive and less than 20000`);
  if ((spec?.versionPriority ?? 0) <= 0 || (spec?.versionPriority ?? 0) > 1_000) errors.push(`spec.versionPriority: Invalid value: ${spec?.versionPriority ?? 0}: must be positive and less than 1000`);
  return errors;
}

type Webhook = NonNullable<KindMap['ValidatingWebhookConfiguration']['webhooks']>[number];

export function webhookErrors({ webhooks = [] }: { readonly webhooks?: readonly Webhook[] }): string[] {
  const seen = new Set<string>();
  return webhooks.flatMap((webhook, at) => {
    const { name, clientConfig, timeoutSeconds } = webhook;
    const path = `webhooks[${at}]`;
    const errors: string[] = [];
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?){2,}$/.test(name ?? '')) errors.push(`${path}.name: Invalid value: ${JSON.stringify(name ?? '')}: should be a domain with at least three segments separated by dots`);
    if (seen.has(name)) errors.push(`${path}.name: Duplicate value: ${JSON.stringify(name)}`);
    seen.add(name);
    errors.push(...reviewErrors(webhook, path), ...unsupported(`${path}.failurePolicy`, webhook.failurePolicy, ['Fail', 'Ignore']), ...unsupported(`${path}.matchPolicy`, webhook.matchPolicy, ['Equivalent', 'Exact']));
    if (timeoutSeconds !== undefined && (timeoutSeconds > 30 || timeoutSeconds < 1)) errors.push(`${path}.timeoutSeconds: Invalid value: ${timeoutSeconds}: the timeout value must be between 1 and 30 seconds`);
    if ((clientConfig?.url === undefined) === (clientConfig?.service === undefined)) errors.push(`${path}.clientConfig: Required value: exactly one of url or service is required`);
    return errors;
  });
}

function reviewErrors(webhook: Webhook, path: string): string[] {
  const { sideEffects, admissionReviewVersions }: Partial<Webhook> = webhook;
  const versions = admissionReviewVersions ?? [];
  const errors: string[] = [];
  if (sideEffects === undefined) errors.push(`${path}.sideEffects: Required value: must specify one of None, NoneOnDryRun`);
  else errors.push(...unsupported(`${path}.sideEffects`, sideEffects, ['None', 'NoneOnDryRun']));
  if (versions.length === 0) errors.push(`${path}.admissionReviewVersions: Required value: must specify one of v1, v1beta1`);
  else if (!versions.some((one) => one === 'v1' || one === 'v1beta1')) errors.push(`${path}.admissionReviewVersions: Invalid value: ${JSON.stringify(versions)}: must include at least one of v1, v1beta1`);
  return errors;
}

export function certificateRequestErrors({ spec }: KindMap['CertificateSigningRequest']): string[] {
  const errors: string[] = [];
  if ((spec?.usages ?? []).length === 0) errors.push('spec.usages: Required value');
  if (!isCertificateRequest(spec?.request ?? '')) errors.push('spec.request: Invalid value: []byte(nil): PEM block type must be CERTIFICATE REQUEST');
  if ((spec?.signerName ?? '') === '') errors.push('spec.signerName: Required value: a signerName must be specified');
  else if (!/^[^/]+\/[^/]+$/.test(spec?.signerName ?? '')) errors.push(`spec.signerName: Invalid value: "${spec?.signerName}": must be a fully qualified domain and path of the form 'example.com/signer-name'`);
  if (spec?.expirationSeconds !== undefined && spec.expirationSeconds < 600) errors.push(`spec.expirationSeconds: Invalid value: ${spec.expirationSeconds}: may not specify a duration less than 600 seconds (10 minutes)`);
  return errors;
}

function isCertificateRequest(base64: string): boolean {
  try {
    return atob(base64).includes('-----BEGIN CERTIFICATE REQUEST-----');
  } catch {
    return false;
  }
}

export function flowSchemaErrors({ metadata, spec }: KindMap['FlowSchema']): string[] {
  const errors: string[] = [];
  const precedence = spec?.matchingPrecedence ?? 1_000;
  if (precedence <= 0) errors.push(`spec.matchingPrecedence: Invalid value: ${precedence}: must be a positive value`);
  if (precedence > 10_000) errors.push(`spec.matchingPrecedence: Invalid value: ${precedence}: must not be greater than 10000`);
  if (precedence === 1 && metadata.name !== 'exempt') errors.push('spec.matchingPrecedence: Invalid value: 1: only the schema named \'exempt\' may have matchingPrecedence 1');
  if ((spec?.priorityLevelConfiguration?.name ?? '') === '') errors.push('spec.priorityLevelConfiguration.name: Required value: must reference a priority level');
  return [...errors, ...unsupported('spec.distinguisherMethod.type', spec?.distinguisherMethod?.type, ['ByNamespace', 'ByUser'])];
}

export function priorityLevelErrors({ spec }: KindMap['PriorityLevelConfiguration']): string[] {
  if (spec?.type !== 'Exempt' && spec?.type !== 'Limited') return unsupported('spec.type', spec?.type ?? '', ['Exempt', 'Limited']);
  if (spec.type === 'Exempt') return spec.limited === undefined ? [] : ['spec.limited: Forbidden: must be nil if the type is not Limited'];
  if (spec.limited === undefined) return ['spec.limited: Required value: must not be empty when type is Limited'];
  const { nominalConcurrencyShares: shares = 0, lendablePercent: lendable = 0, limitResponse } = spec.limited;
  const errors = shares < 0 ? [`spec.limited.nominalConcurrencyShares: Invalid value: ${shares}: must be a non-negative integer`] : [];
  if (lendable < 0 || lendable > 100) errors.push(`spec.limited.lendablePercent: Invalid value: ${lendable}: must be between 0 and 100, inclusive`);
  return [...errors, ...unsupported('spec.limited.limitResponse.type', limitResponse?.type ?? '', ['Queue', 'Reject'])];
}

export function runtimeClassErrors({ handler }: KindMap['RuntimeClass']): string[] {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(handler ?? '')
    ? []
    : [`handler: Invalid value: ${JSON.stringify(handler ?? '')}: a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`];
}

export function volumeAttachmentErrors({ spec }: KindMap['VolumeAttachment']): string[] {
  return [
    ...((spec?.attacher ?? '') === '' ? ['spec.attacher: Required value'] : []),
    ...(spec?.source?.persistentVolumeName === undefined && spec?.source?.inlineVolumeSpec === undefined ? ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'] : []),
    ...((spec?.nodeName ?? '') === '' ? ['spec.nodeName: Required value'] : []),
  ];
}

export function storageCapacityErrors({ storageClassName }: KindMap['CSIStorageCapacity']): string[] {
  return (storageClassName ?? '') === '' ? ['storageClassName: Required value'] : [];
}

export function admissionPolicyErrors({ spec }: KindMap['ValidatingAdmissionPolicy']): string[] {
  const errors: string[] = [];
  if (spec?.matchConstraints === undefined) errors.push('spec.matchConstraints: Required value');
  else if ((spec.matchConstraints.resourceRules ?? []).length === 0) errors.push('spec.matchConstraints.resourceRules: Required value');
  if ((spec?.validations ?? []).length === 0 && (spec?.auditAnnotations ?? []).length === 0) {
    errors.push('spec.validations: Required value: validations or auditAnnotations must contain at least one item', 'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item');
  }
  (spec?.validations ?? []).forEach(({ expression }, at) => {
    if ((expression ?? '').trim() === '') errors.push(`spec.validations[${at}].expression: Required value: expression is not specified`);
  });
  return [...errors, ...unsupported('spec.failurePolicy', spec?.failurePolicy, ['Fail', 'Ignore'])];
}

export function policyBindingErrors({ spec }: KindMap['ValidatingAdmissionPolicyBinding']): string[] {
  const actions = spec?.validationActions ?? [];
  return [
    ...((spec?.policyName ?? '') === '' ? ['spec.policyName: Required value'] : []),
    ...(actions.length === 0 ? ['spec.validationActions: Required value: at least one validation action is required'] : actions.flatMap((action, at) => unsupported(`spec.validationActions[${at}]`, action, ['Audit', 'Deny', 'Warn']))),
  ];
}
