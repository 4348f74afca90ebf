import { isCustomKind, resourceOf } from '../custom-kind.ts';
import { customResource, servedResource } from '../extensions/custom-resource.ts';
import type { JsonObject } from '../json.ts';
import { celProgram, celValue, type Evaluated } from '../kube-cel.ts';
import { budgetSelects } from '../labels.ts';
import { RESOURCES, type Kind, type KindMap } from '../objects.ts';
import type { Refusal } from '../refusals.ts';
import type { AnyObject, ObjectStore } from '../store.ts';
import { outside, reviewRequest, type AdmissionRequest } from './admission-request.ts';
import { matchesRequest, type Matching } from './request-matching.ts';

type Policy = KindMap['ValidatingAdmissionPolicy'];
type Binding = KindMap['ValidatingAdmissionPolicyBinding'];
type PolicySpec = NonNullable<Policy['spec']>;
interface ParamRef { readonly name?: string; readonly namespace?: string; readonly selector?: Parameters<typeof budgetSelects>[0]; readonly parameterNotFoundAction?: string }

/** One finding of a policy: what is to be told, and the reason of the refusal. */
interface Finding {
  readonly message: string;
  readonly reason: string;
}

/** What the ValidatingAdmissionPolicies that are bound say of a request: warnings, or a refusal. */
export function judgedByPolicies(store: ObjectStore, request: AdmissionRequest): { readonly warnings: readonly string[] } | Refusal {
  const warnings: string[] = [];
  for (const binding of store.list('ValidatingAdmissionPolicyBinding', null)) {
    const policy = store.get('ValidatingAdmissionPolicy', '', binding.spec?.policyName ?? '');
    const { spec } = policy ?? {};
    if (policy === undefined || spec === undefined || !matchesRequest(store, matchingOf(spec.matchConstraints), request)) continue;
    const resources = binding.spec?.matchResources;
    if (resources !== undefined && !matchesRequest(store, matchingOf(resources), request)) continue;
    const [finding] = findings(store, policy, binding, request);
    if (finding === undefined) continue;
    const actions = binding.spec?.validationActions ?? ['Deny'];
    const named = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
    if (actions.includes('Deny')) return denied(request, `${named} denied request: ${finding.message}`, finding.reason);
    if (actions.includes('Warn')) warnings.push(`Validation failed for ${named}: ${finding.message}`);
  }
  return { warnings };
}

function matchingOf(match: PolicySpec['matchConstraints']): Matching {
  return { rules: match?.resourceRules, excluded: match?.excludeResourceRules, matchPolicy: match?.matchPolicy, namespaceSelector: match?.namespaceSelector, objectSelector: match?.objectSelector };
}

function denied({ kind, name }: AdmissionRequest, message: string, reason: string): Refusal {
  const { plural, apiVersion } = resourceOf(kind);
  const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
  const code = CODES[reason] ?? 422;
  return { ok: false, status: { code, reason: reason as Refusal['status']['reason'], message: `${plural}${group} ${JSON.stringify(name)} is forbidden: ${message}`, causes: [`: ${message}`] } };
}

const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, RequestEntityTooLarge: 413, Invalid: 422 };

function findings(store: ObjectStore, policy: Policy, binding: Binding, request: AdmissionRequest): readonly Finding[] {
  const { spec } = policy;
  const fails = spec?.failurePolicy !== 'Ignore';
  const params = paramsOf(store, policy, binding, request);
  if ('problem' in params) return fails ? [{ message: params.problem, reason: 'Invalid' }] : [];
  return params.all.flatMap((param) => new PolicyRun(store, spec as PolicySpec, request, param).findings(fails));
}

/** The objects that a binding gives its policy as parameters: one null where the policy takes none. */
function paramsOf(store: ObjectStore, { spec }: Policy, binding: Binding, request: AdmissionRequest): { readonly all: readonly (AnyObject | null)[] } | { readonly problem: string } {
  const kind = spec?.paramKind;
  const ref: ParamRef | undefined = binding.spec?.paramRef;
  if (kind === undefined || ref === undefined) return { all: [null] };
  const known = knownKind(store, kind.apiVersion ?? '', kind.kind ?? '');
  if (known === null) return { problem: `failed to configure policy: failed to find resource referenced by paramKind: '${kind.apiVersion}, Kind=${kind.kind}'` };
  const namespace = resourceOf(known).namespaced ? (ref.namespace ?? request.namespace) : '';
  const found = ref.name !== undefined && ref.name !== '' ? [store.get(known, namespace, ref.name)].filter((one) => one !== undefined) : store.list(known, namespace === '' ? null : namespace).filter(({ metadata }) => budgetSelects(ref.selector, metadata.labels));
  if (found.length > 0) return { all: found };
  return ref.parameterNotFoundAction === 'Allow' ? { all: [] } : { problem: 'failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction' };
}

function knownKind(store: ObjectStore, apiVersion: string, kind: string): Kind | null {
  const own = Object.values(RESOURCES).find((one) => one.kind === kind && one.apiVersion === apiVersion);
  if (own !== undefined) return own.kind;
  for (const definition of store.list('CustomResourceDefinition', null)) {
    const served = servedResource(definition);
    if (served?.shownKind === kind && apiVersion.startsWith(`${served.group}/`) && isCustomKind(served.kind) && customResource(store, served.kind) !== undefined) return served.kind;
  }
  return null;
}

const VARIABLES = ['object', 'oldObject', 'request', 'params', 'namespaceObject', 'variables', 'authorizer'] as const;

/** A policy's expressions over one request. Its variables are worked out when they are first used. */
class PolicyRun {
  readonly #spec: PolicySpec;
  readonly #context: JsonObject;

  constructor(store: ObjectStore, spec: PolicySpec, request: AdmissionRequest, param: AnyObject | null) {
    this.#spec = spec;
    const namespace = request.namespace === '' ? null : (store.get('Namespace', '', request.namespace) ?? null);
    const variables: Record<string, unknown> = {};
    this.#context = {
      object: celValue(outside(request.object)), oldObject: celValue(outside(request.oldObject)), request: celValue(reviewRequest(request, '')), params: celValue(outside(param)), namespaceObject: celValue(namespace), variables,
    };
    for (const { name, expression } of spec.variables ?? []) {
      const result = this.#evaluate(expression);
      if ('value' in result) variables[name] = result.value;
    }
  }

  findings(fails: boolean): readonly Finding[] {
    for (const { expression } of this.#spec.matchConditions ?? []) {
      const result = this.#evaluate(expression);
      if ('error' in result) return fails ? [{ message: `failed to evaluate match conditions: expression '${expression}' resulted in error: ${result.error}`, reason: 'Invalid' }] : [];
      if (result.value !== true) return [];
    }
    return (this.#spec.validations ?? []).flatMap(({ expression, message, messageExpression, reason = 'Invalid' }) => {
      const result = this.#evaluate(expression);
      if ('error' in result) return fails ? [{ message: `expression '${expression.trim()}' resulted in error: ${result.error}`, reason: 'Invalid' }] : [];
      if (result.value === true) return [];
      const said = messageExpression === undefined ? null : this.#evaluate(messageExpression);
      const text = said !== null && 'value' in said && typeof said.value === 'string' && said.value.trim() !== '' ? said.value : (message ?? '').trim();
      return [{ message: text === '' ? `failed expression: ${expression.trim()}` : text, reason }];
    });
  }

  #evaluate(expression: string): Evaluated {
    const read = celProgram(expression, VARIABLES);
    return 'problem' in read ? { error: read.problem } : read.program(this.#context);
  }
}
