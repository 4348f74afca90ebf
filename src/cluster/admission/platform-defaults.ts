import type { KindMap } from '../objects.ts';
import { withDefaults, withTemplateDefaults } from './pod-defaults.ts';

/** What the API server fills into the kinds that extend and steer the platform itself. Source: the defaults of each API group in Kubernetes. */

export function replicationControllerDefaults(object: KindMap['ReplicationController']): KindMap['ReplicationController'] {
  const { spec } = object;
  if (spec?.template === undefined) return spec === undefined ? object : { ...object, spec: withDefaults(spec, { replicas: 1 }) };
  const labels = spec.template.metadata?.labels;
  const own = object.metadata.labels ?? {};
  return {
    ...object,
    ...(Object.keys(own).length > 0 || labels === undefined ? {} : { metadata: { ...object.metadata, labels } }),
    spec: withDefaults({ ...spec, template: withTemplateDefaults(spec.template) }, { replicas: 1, ...(labels === undefined ? {} : { selector: labels }) }),
  };
}

export function podTemplateDefaults(object: KindMap['PodTemplate']): KindMap['PodTemplate'] {
  return object.template === undefined ? object : { ...object, template: withTemplateDefaults(object.template) };
}

export function apiServiceDefaults(object: KindMap['APIService']): KindMap['APIService'] {
  const service = object.spec?.service;
  return service === undefined ? object : { ...object, spec: { ...object.spec, service: withDefaults(service, { port: 443 }) } };
}

export function validatingWebhookDefaults(object: KindMap['ValidatingWebhookConfiguration']): KindMap['ValidatingWebhookConfiguration'] {
  return object.webhooks === undefined ? object : { ...object, webhooks: object.webhooks.map(webhookDefaults) };
}

export function mutatingWebhookDefaults(object: KindMap['MutatingWebhookConfiguration']): KindMap['MutatingWebhookConfiguration'] {
  return object.webhooks === undefined ? object : { ...object, webhooks: object.webhooks.map((one) => withDefaults(webhookDefaults(one), { reinvocationPolicy: 'Never' })) };
}

type Webhook = NonNullable<KindMap['ValidatingWebhookConfiguration']['webhooks']>[number] | NonNullable<KindMap['MutatingWebhookConfiguration']['webhooks']>[number];

function webhookDefaults<One extends Webhook>(webhook: One): One {
  const { rules, clientConfig } = webhook;
  const scoped = rules === undefined ? {} : { rules: rules.map(inEveryScope) };
  const addressed = clientConfig?.service === undefined ? {} : { clientConfig: { ...clientConfig, service: withDefaults(clientConfig.service, { port: 443 }) } };
  return withDefaults<Webhook>({ ...webhook, ...scoped, ...addressed }, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {}, timeoutSeconds: 10 }) as One;
}

export function admissionPolicyDefaults(object: KindMap['ValidatingAdmissionPolicy']): KindMap['ValidatingAdmissionPolicy'] {
  const { spec } = object;
  if (spec === undefined) return object;
  const matched = spec.matchConstraints === undefined ? {} : { matchConstraints: matchDefaults(spec.matchConstraints) };
  return { ...object, spec: withDefaults({ ...spec, ...matched }, { failurePolicy: 'Fail' }) };
}

export function policyBindingDefaults(object: KindMap['ValidatingAdmissionPolicyBinding']): KindMap['ValidatingAdmissionPolicyBinding'] {
  const resources = object.spec?.matchResources;
  return resources === undefined ? object : { ...object, spec: { ...object.spec, matchResources: matchDefaults(resources) } };
}

type Match = NonNullable<NonNullable<KindMap['ValidatingAdmissionPolicy']['spec']>['matchConstraints']>;

function matchDefaults(match: Match): Match {
  return withDefaults({
    ...match,
    ...(match.resourceRules === undefined ? {} : { resourceRules: match.resourceRules.map(inEveryScope) }),
    ...(match.excludeResourceRules === undefined ? {} : { excludeResourceRules: match.excludeResourceRules.map(inEveryScope) }),
  }, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} });
}

/** Rules are of objects with and without a namespace. The published types lack this field. */
function inEveryScope<Rule extends object>(rule: Rule): Rule {
  return { scope: '*', ...rule };
}

export function flowSchemaDefaults(object: KindMap['FlowSchema']): KindMap['FlowSchema'] {
  return object.spec === undefined ? object : { ...object, spec: withDefaults(object.spec, { matchingPrecedence: 1_000 }) };
}

export function priorityLevelDefaults(object: KindMap['PriorityLevelConfiguration']): KindMap['PriorityLevelConfiguration'] {
  const { spec } = object;
  if (spec === undefined) return object;
  if (spec.type === 'Exempt') return { ...object, spec: { ...spec, exempt: withDefaults(spec.exempt ?? {}, { nominalConcurrencyShares: 0, lendablePercent: 0 }) } };
  if (spec.limited === undefined) return object;
  const response = spec.limited.limitResponse;
  const queued = response?.type !== 'Queue' ? {} : { limitResponse: { ...response, queuing: withDefaults(response.queuing ?? {}, { handSize: 8, queues: 64, queueLengthLimit: 50 }) } };
  return { ...object, spec: { ...spec, limited: withDefaults({ ...spec.limited, ...queued }, { nominalConcurrencyShares: 30, lendablePercent: 0 }) } };
}

export function storageDriverDefaults(object: KindMap['CSIDriver']): KindMap['CSIDriver'] {
  return {
    ...object,
    spec: withDefaults(object.spec ?? {}, {
      attachRequired: true, fsGroupPolicy: 'ReadWriteOnceWithFSType', podInfoOnMount: false, requiresRepublish: false, seLinuxMount: false, storageCapacity: false, volumeLifecycleModes: ['Persistent'],
    }),
  };
}
