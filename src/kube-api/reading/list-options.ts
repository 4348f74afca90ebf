import { badRequest, failure, refused, type Answer } from '../answer.ts';

/** What a list asks for beside its selectors. */
export interface ListOptions {
  /** 0 for all. */
  readonly limit: number;
  /** '' for the beginning. */
  readonly continueToken: string;
  /** The moment that is asked for exactly; null where the newest will do. */
  readonly exactly: number | null;
}

/**
 * Reads and checks the parameters of a list. `newest` is the version of the newest write. Source: the rules of
 * k8s.io/apimachinery's ValidateListOptions, and https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions.
 */
export function readListOptions(query: URLSearchParams, newest: number): ListOptions | Answer {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const continueToken = query.get('continue') ?? '';
  const errors: string[] = [];
  if (match !== '') {
    if (version === '') errors.push('resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided');
    if (continueToken !== '') errors.push('resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided');
    if (match !== 'Exact' && match !== 'NotOlderThan') errors.push(`resourceVersionMatch: Unsupported value: "${match}": supported values: "", "Exact", "NotOlderThan"`);
    if (match === 'Exact' && version === '0') errors.push('resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
  if (query.has('sendInitialEvents')) errors.push('sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list');
  if (errors.length > 0) return invalidOptions(errors);
  const limit = readInteger(query.get('limit'));
  if (limit === null) return badRequest(notAnInteger(query.get('limit')));
  if (continueToken !== '' && version !== '' && version !== '0') return badRequest('specifying resource version is not allowed when using continue');
  const asked = readVersion(version);
  if (typeof asked !== 'number') return asked;
  if (asked > newest) return tooLarge(asked, newest);
  // What "any version" is answered from, the real server's cache, knows no pages.
  return { limit: version === '0' && match === '' && continueToken === '' ? 0 : limit, continueToken, exactly: match === 'Exact' ? asked : null };
}

/** What a watch asks for beside its selectors. */
export interface WatchOptions {
  readonly version: number;
  /** Null where nothing is said of them. */
  readonly sendInitialEvents: boolean | null;
  readonly bookmarks: boolean;
  /** 0 for as long as the server likes. */
  readonly timeoutS: number;
}

/** As {@link readListOptions}, for a watch. */
export function readWatchOptions(query: URLSearchParams, newest: number): WatchOptions | Answer {
  const match = query.get('resourceVersionMatch') ?? '';
  const initial = readFlag(query, 'sendInitialEvents');
  const errors: string[] = [];
  if (initial !== null && match !== 'NotOlderThan') errors.push('resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  if (match !== '') {
    if (initial === null) errors.push('resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
    if (match !== 'NotOlderThan') errors.push(`resourceVersionMatch: Unsupported value: "${match}": supported values: "NotOlderThan"`);
    if ((query.get('continue') ?? '') !== '') errors.push('resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided');
  }
  if (errors.length > 0) return invalidOptions(errors);
  const version = readVersion(query.get('resourceVersion') ?? '');
  if (typeof version !== 'number') return version;
  if (initial === true && version > newest) return tooLarge(version, newest);
  const timeoutS = readInteger(query.get('timeoutSeconds'));
  if (timeoutS === null) return badRequest(notAnInteger(query.get('timeoutSeconds')));
  return { version, sendInitialEvents: initial, bookmarks: readFlag(query, 'allowWatchBookmarks') === true, timeoutS };
}

/** The version that a GET of one object may not be older than; an answer where that is none, or not yet. */
export function checkedVersion(query: URLSearchParams, newest: number): Answer | null {
  const asked = readVersion(query.get('resourceVersion') ?? '');
  if (typeof asked !== 'number') return asked;
  return asked > newest ? tooLarge(asked, newest) : null;
}

function readVersion(text: string): number | Answer {
  if (text === '') return 0;
  return /^\d{1,15}$/.test(text) ? Number(text) : badRequest(`resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** 0 where it is absent, null where it is no number. */
function readInteger(text: string | null): number | null {
  if (text === null || text === '') return 0;
  return /^-?\d{1,15}$/.test(text) ? Math.max(0, Number(text)) : null;
}

function notAnInteger(text: string | null): string {
  return `strconv.ParseInt: parsing ${JSON.stringify(text ?? '')}: invalid syntax`;
}

/** As Kubernetes reads truth from a query: anything but `false` and `0`. */
function readFlag(query: URLSearchParams, name: string): boolean | null {
  const said = query.get(name);
  return said === null ? null : !/^(?:false|0)$/i.test(said);
}

function invalidOptions(errors: readonly string[]): Answer {
  return refused({ code: 422, reason: 'Invalid', message: `ListOptions.meta.k8s.io "" is invalid: ${errors.length === 1 ? errors.join('') : `[${errors.join(', ')}]`}`, causes: errors });
}

/** Clients that know more than the server has seen are asked to come again. */
function tooLarge(asked: number, newest: number): Answer {
  const details = { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 };
  return failure({ code: 504, reason: 'Timeout', message: `Timeout: Too large resource version: ${asked}, current: ${newest}`, details }, { 'retry-after': '1' });
}
