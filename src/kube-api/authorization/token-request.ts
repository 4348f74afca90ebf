import { ISSUER, type BoundObject } from '../../cluster/account-claims.ts';
import { isJsonObject, type JsonObject } from '../../cluster/json.ts';
import { notFound } from '../../cluster/refusals.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { formatInstant } from '../../time/sim-time.ts';
import { badRequest, failure, json, refused, type Answer, type Request } from '../answer.ts';
import { readObject } from '../body/body.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

const HOUR_S = 3_600;
const SHORTEST_S = 600;
const LONGEST_S = 4_294_967_296;

/** `serviceaccounts/…/token`: a signed token for an account. `offsetMs` lies between the cluster's clock and the client's. Sources: pkg/registry/core/serviceaccount/storage/token.go, pkg/apis/authentication/validation. */
export function tokenRequest({ store, tokens, offsetMs }: { readonly store: ObjectStore; readonly tokens: ServiceAccountTokens; readonly offsetMs: number }, { namespace, name }: { readonly namespace: string; readonly name: string }, request: Request): Answer {
  const read = readObject(request);
  if ('kind' in read) return read;
  const spec = isJsonObject(read.value['spec']) ? read.value['spec'] : {};
  const account = store.get('ServiceAccount', namespace, name);
  if (account === undefined) return refused(notFound('ServiceAccount', name).status);
  const seconds = spec['expirationSeconds'] ?? HOUR_S;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds)) return badRequest('TokenRequest in version "v1" cannot be handled as a TokenRequest: json: cannot unmarshal into Go struct field TokenRequestSpec.spec.expirationSeconds of type int64');
  const problem = seconds < SHORTEST_S ? 'may not specify a duration less than 10 minutes' : seconds > LONGEST_S ? 'may not specify a duration larger than 2^32 seconds' : null;
  if (problem !== null) return failure({ code: 422, reason: 'Invalid', message: `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${seconds}: ${problem}` });
  const bound = boundObject(store, namespace, name, spec['boundObjectRef']);
  if ('refusal' in bound) return bound.refusal;
  const given = Array.isArray(spec['audiences']) ? (spec['audiences'] as unknown[]).filter((one) => typeof one === 'string') : [];
  const audiences = given.length > 0 ? given : [ISSUER];
  const { token, expiresAtMs } = tokens.issue(account, { audiences, seconds, ...bound });
  const shownEndMs = expiresAtMs + offsetMs;
  return json(201, {
    kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1', metadata: { name, namespace, creationTimestamp: formatInstant(shownEndMs - seconds * 1000) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec['boundObjectRef'] ?? null }, status: { token, expirationTimestamp: formatInstant(shownEndMs) },
  });
}

/** What the token is to be bound to; null where to nothing. */
function boundObject(store: ObjectStore, namespace: string, account: string, ref: unknown): { readonly bound: BoundObject | null } | { readonly refusal: Answer } {
  if (!isJsonObject(ref)) return { bound: null };
  const { kind, apiVersion, name, uid } = ref as JsonObject & Readonly<Record<string, string | undefined>>;
  if (kind !== 'Pod' && kind !== 'Node' && kind !== 'Secret') return { refusal: badRequest(`cannot bind token to object of type ${apiVersion ?? ''}, Kind=${kind ?? ''}`) };
  const found = store.get(kind, kind === 'Node' ? '' : namespace, name ?? '');
  if (found === undefined) return { refusal: refused(notFound(kind, name ?? '').status) };
  if (found.kind === 'Pod' && found.spec?.serviceAccountName !== account) {
    return { refusal: badRequest(`cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`) };
  }
  if (uid !== undefined && uid !== '' && uid !== found.metadata.uid) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    return { refusal: failure({ code: 409, reason: 'Conflict', message: `Operation cannot be fulfilled on ${kind} "${name ?? ''}": ${why}` }) };
  }
  return { bound: { kind, name: found.metadata.name, uid: found.metadata.uid ?? '' } };
}
