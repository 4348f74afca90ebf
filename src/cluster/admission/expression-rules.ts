import { celProgram } from '../kube-cel.ts';
import type { KindMap } from '../objects.ts';

type Webhook = NonNullable<KindMap['MutatingWebhookConfiguration']['webhooks']>[number] | NonNullable<KindMap['ValidatingWebhookConfiguration']['webhooks']>[number];
interface MatchRule { readonly operations?: readonly string[]; readonly apiGroups?: readonly string[]; readonly apiVersions?: readonly string[]; readonly resources?: readonly string[] }

/** What is wrong inside of the configurations of admission: rules, addresses, expressions. Source: pkg/apis/admissionregistration/validation of Kubernetes. */
export function webhookDetailErrors({ webhooks = [] }: KindMap['MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration']): string[] {
  return (webhooks as readonly Webhook[]).flatMap((webhook, at) => {
    const path = `webhooks[${at}]`;
    const { matchConditions = [] } = webhook;
    return [
      ...addressErrors(webhook.clientConfig, `${path}.clientConfig`), ...(webhook.rules ?? []).flatMap((rule, nth) => ruleErrors(rule, `${path}.rules[${nth}]`)),
      ...conditionErrors(matchConditions, `${path}.matchConditions`, ['object', 'oldObject', 'request', 'authorizer']),
    ];
  });
}

interface MatchCondition {
  readonly name?: string;
  readonly expression?: string;
}

function addressErrors({ url, service }: Partial<Webhook['clientConfig']> = {}, path: string): string[] {
  if (url !== undefined) {
    const form = 'desired format: https://host[/path]';
    if (!url.startsWith('https://')) return [`${path}.url: Invalid value: ${JSON.stringify(/^([a-z]+):/.exec(url)?.[1] ?? '')}: 'https' is the only allowed URL scheme; ${form}`];
    return /^https:\/\/[^/?#]+/.test(url) ? [] : [`${path}.url: Invalid value: "": host must be specified; ${form}`];
  }
  if (service === undefined) return [];
  const errors: string[] = [];
  if ((service.name ?? '') === '') errors.push(`${path}.service.name: Required value: service name is required`);
  if ((service.namespace ?? '') === '') errors.push(`${path}.service.namespace: Required value: service namespace is required`);
  if (service.path !== undefined && !service.path.startsWith('/')) errors.push(`${path}.service.path: Invalid value: ${JSON.stringify(service.path)}: must start with a '/'`);
  return errors;
}

function ruleErrors(rule: MatchRule, path: string): string[] {
  const errors = (['operations', 'apiGroups', 'apiVersions', 'resources'] as const).filter((field) => (rule[field] ?? []).length === 0).map((field) => `${path}.${field}: Required value`);
  const alone: readonly (readonly [field: keyof MatchRule, word: string])[] = [['operations', 'operations'], ['apiGroups', 'API groups'], ['apiVersions', 'API versions']];
  for (const [field, word] of alone) {
    const given = rule[field] ?? [];
    if (given.length > 1 && given.includes('*')) errors.push(`${path}.${field}: Invalid value: []string{${given.map((one) => JSON.stringify(one)).join(', ')}}: if '*' is present, must not specify other ${word}`);
  }
  (rule.operations ?? []).forEach((one, at) => {
    if (!OPERATIONS.includes(one)) errors.push(`${path}.operations[${at}]: Unsupported value: ${JSON.stringify(one)}: supported values: ${OPERATIONS.map((word) => `"${word}"`).join(', ')}`);
  });
  return errors;
}

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const VARIABLES = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables', 'authorizer'];

export function policyDetailErrors({ spec }: KindMap['ValidatingAdmissionPolicy']): string[] {
  const { validations = [], variables = [], matchConditions = [] } = spec ?? {};
  return [
    ...(spec?.matchConstraints?.resourceRules ?? []).flatMap((rule, at) => ruleErrors(rule, `spec.matchConstraints.resourceRules[${at}]`)),
    ...variables.flatMap(({ expression }, at) => expressionErrors(expression, `spec.variables[${at}].expression`, VARIABLES)),
    ...validations.flatMap(({ expression, messageExpression = '' }, at) => [
      ...expressionErrors(expression, `spec.validations[${at}].expression`, VARIABLES),
      ...(messageExpression === '' ? [] : expressionErrors(messageExpression, `spec.validations[${at}].messageExpression`, VARIABLES)),
    ]),
    ...conditionErrors(matchConditions, 'spec.matchConditions', VARIABLES),
  ];
}

export function bindingDetailErrors({ spec }: KindMap['ValidatingAdmissionPolicyBinding']): string[] {
  const actions = spec?.validationActions ?? [];
  if (!actions.includes('Deny') || !actions.includes('Warn')) return [];
  return [`spec.validationActions: Invalid value: []string{${actions.map((one) => JSON.stringify(one)).join(', ')}}: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)`];
}

function conditionErrors(conditions: readonly MatchCondition[], path: string, variables: readonly string[]): string[] {
  if (conditions.length > 64) return [`${path}: Too many: ${conditions.length}: must have at most 64 items`];
  return conditions.flatMap(({ name = '', expression = '' }, at) => {
    const named = name === '' ? [`${path}[${at}].name: Required value`] : conditions.findIndex((one) => one.name === name) < at ? [`${path}[${at}].name: Duplicate value: ${JSON.stringify(name)}`] : [];
    return [...named, ...(expression.trim() === '' ? [`${path}[${at}].expression: Required value`] : expressionErrors(expression, `${path}[${at}].expression`, variables))];
  });
}

function expressionErrors(expression: string | undefined, path: string, variables: readonly string[]): string[] {
  if (expression === undefined || expression.trim() === '') return [];
  const read = celProgram(expression, variables);
  return 'problem' in read ? [`${path}: Invalid value: ${JSON.stringify(expression)}: ${read.problem}`] : [];
}
