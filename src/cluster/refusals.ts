import type { ApiStatus } from './api.ts';
import { resourceOf, shownKind } from './custom-kind.ts';
import type { Kind } from './objects.ts';

/** The API server's refusals, in its own words. */
export interface Refusal {
  readonly ok: false;
  readonly status: ApiStatus;
}

/** Told by what every object has: one may well hold a field that is called `ok`. */
export function isRefusal(value: object): value is Refusal {
  return 'ok' in value && !('metadata' in value);
}

export function refuse(code: number, reason: ApiStatus['reason'], message: string): Refusal {
  return { ok: false, status: { code, reason, message } };
}

/** `deployments.apps`, `pods`. */
function resourceName(kind: Kind): string {
  return withGroup(resourceOf(kind).plural, kind);
}

/** `Deployment.apps`, `Pod`. */
function kindName(kind: Kind): string {
  return withGroup(shownKind(kind), kind);
}

export function notFound(kind: Kind, name: string): Refusal {
  return refuse(404, 'NotFound', `${resourceName(kind)} "${name}" not found`);
}

export function alreadyExists(kind: Kind, name: string): Refusal {
  return refuse(409, 'AlreadyExists', `${resourceName(kind)} "${name}" already exists`);
}

export function conflict(kind: Kind, name: string, why = 'the object has been modified; please apply your changes to the latest version and try again'): Refusal {
  return refuse(409, 'Conflict', `Operation cannot be fulfilled on ${resourceName(kind)} "${name}": ${why}`);
}

export function forbidden(kind: Kind, name: string, why: string): Refusal {
  return refuse(403, 'Forbidden', `${resourceName(kind)} "${name}" is forbidden: ${why}`);
}

/** `errors` as `path: problem`; several are put in brackets, as the real server does. */
export function invalid(kind: Kind, name: string, errors: readonly string[]): Refusal {
  const list = errors.length === 1 ? (errors[0] as string) : `[${errors.join(', ')}]`;
  return { ok: false, status: { code: 422, reason: 'Invalid', message: `${kindName(kind)} "${name}" is invalid: ${list}`, causes: errors } };
}

export function badRequest(message: string): Refusal {
  return refuse(400, 'BadRequest', message);
}

function withGroup(name: string, kind: Kind): string {
  const apiVersion: string = resourceOf(kind).apiVersion;
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? name : `${name}.${apiVersion.slice(0, slash)}`;
}
