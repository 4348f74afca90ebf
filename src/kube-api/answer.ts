import type { ApiStatus } from '../cluster/api.ts';
import type { AskLater, Upgrade } from './connecting/upgrade.ts';
import { harmless } from './harmless-text.ts';

/** One request, as HTTP brought it. Names of headers are lower case; `path` is decoded, `query` parsed. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly user: User;
  /** Whom the request wants to speak for, if anybody. */
  readonly impersonate?: Impersonation;
}

/** Whom a request wants to speak for, as the `Impersonate-*` headers say. `user` is '' where they name none. */
export interface Impersonation {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Who asks, as the token told. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/**
 * What goes back: whole (as `bytes` where it is no text, or they are at hand); bit by bit until the client or the time-out ends it; what somebody inside of the cluster answers,
 * when they do; or a connection that is no longer HTTP.
 */
export type Answer =
  | { readonly kind: 'whole'; readonly code: number; readonly type: string; readonly body: string; readonly bytes?: Uint8Array; readonly headers: Readonly<Record<string, string>>; readonly held?: Held }
  | { readonly kind: 'stream'; readonly type: string; readonly open: OpenStream }
  | { readonly kind: 'later'; readonly ask: AskLater }
  | { readonly kind: 'upgrade'; readonly upgrade: Upgrade };

/** Lets an answer go that is there already, when simulated time says so: the server was busy. */
type Held = (release: () => void) => void;

/**
 * Begins to stream: `push` takes text, `end` says that there is no more. Returns what the listener does with it later.
 * `push` may be called at once, and from inside a write to the store.
 */
export type OpenStream = (push: (text: string) => void, end: () => void) => Stream;

export interface Stream {
  /** Ends by itself after so many seconds of wall-clock time; null never. */
  readonly timeoutS: number | null;
  /** Says what time alone brings: log lines, bookmarks. Called after simulated time moved. */
  poll(): void;
  close(): void;
}

export const JSON_TYPE = 'application/json';

export function json(code: number, body: unknown, type: string = JSON_TYPE, headers: Readonly<Record<string, string>> = {}): Answer {
  return text(code, typeof body === 'string' ? body : JSON.stringify(body), type, headers);
}

/** JSON that is at hand in UTF-8; its text is made only for who asks. */
export function jsonBytes(code: number, bytes: Uint8Array): Answer {
  return {
    kind: 'whole', code, type: JSON_TYPE, headers: {}, bytes,
    get body() {
      return new TextDecoder().decode(bytes);
    },
  };
}

export function text(code: number, body: string, type = 'text/plain; charset=utf-8', headers: Readonly<Record<string, string>> = {}): Answer {
  return { kind: 'whole', code, type, body, headers };
}

/** Reasons of the API beside those of the cluster's own refusals. */
type Reason = ApiStatus['reason'] | 'Unauthorized' | 'NotAcceptable' | 'UnsupportedMediaType' | 'RequestEntityTooLarge' | 'Expired' | 'TooManyRequests' | 'Timeout' | 'InternalError' | 'ServiceUnavailable';

export interface Failure {
  readonly code: number;
  readonly reason: Reason | '';
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A `Status` that says what went wrong. */
export function failure({ code, reason, message, details }: Failure, headers: Readonly<Record<string, string>> = {}): Answer {
  return json(code, statusOf({ code, reason, message, ...(details === undefined ? {} : { details }) }), JSON_TYPE, headers);
}

export function statusOf({ code, reason, message, details }: Failure): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: harmless(message), ...(reason === '' ? {} : { reason }), ...(details === undefined ? {} : { details }), code };
}

/** The cluster's refusal as a `Status`, with the details that clients make their sentences of. */
export function refused(status: ApiStatus): Answer {
  const details = detailsOf(status);
  return failure({ code: status.code, reason: status.reason, message: status.message, ...(details === null ? {} : { details }) });
}

function detailsOf({ reason, message, causes }: ApiStatus): Readonly<Record<string, unknown>> | null {
  const about = /^(?:Operation cannot be fulfilled on )?([A-Za-z]+)(?:\.([a-z0-9.-]+))? "([^"]*)"/.exec(message);
  if (about === null) return null;
  const [, kind, group, name] = about;
  return { name, ...(group === undefined ? {} : { group }), kind, ...(reason === 'Invalid' && causes !== undefined ? { causes: causes.map(causeOf) } : {}) };
}

/** `spec.replicas: Invalid value: -1: must be …` as a cause. The reasons are those of field.Error in k8s.io/apimachinery. */
function causeOf(error: string): object {
  const colon = error.indexOf(': ');
  const field = error.slice(0, colon);
  const message = error.slice(colon + 2);
  const reason = CAUSES.find(([beginning]) => message.startsWith(beginning))?.[1] ?? 'FieldValueInvalid';
  return { reason, message, field };
}

const CAUSES: readonly (readonly [beginning: string, reason: string])[] = [
  ['Required value', 'FieldValueRequired'], ['Invalid value', 'FieldValueInvalid'], ['Unsupported value', 'FieldValueNotSupported'],
  ['Forbidden', 'FieldValueForbidden'], ['Duplicate value', 'FieldValueDuplicate'], ['Not found', 'FieldValueNotFound'], ['Too long', 'FieldValueTooLong'], ['Too many', 'FieldValueTooMany'],
];

/** A path that the API does not have. */
export function nothingThere(): Answer {
  return failure({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });
}

export function badRequest(message: string): Answer {
  return failure({ code: 400, reason: 'BadRequest', message });
}

export function notAllowed(): Answer {
  return failure({ code: 405, reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource', details: {} });
}
