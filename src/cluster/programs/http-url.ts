/** A URL as HTTP clients take it apart. */
export interface HttpUrl {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** With its query. */
  readonly path: string;
  /** `host:port`, without the port where it is the usual one. */
  readonly authority: string;
}

/** Reads `example:8080/path`, `http://…`; null for what no client of HTTP knows. */
export function parseHttpUrl(url: string): HttpUrl | null {
  const parts = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^/@]*@)?([^/:?#]+)(?::(\d*))?([/?][^#]*)?(?:#.*)?$/i.exec(url.trim());
  if (parts === null) return null;
  const [, scheme = 'http', host = '', given = '', path = '/'] = parts;
  const known = scheme.toLowerCase();
  if (known !== 'http' && known !== 'https') return null;
  const usual = known === 'https' ? 443 : 80;
  const port = given === '' ? usual : Number(given);
  return { scheme: known, host, port, path: path.startsWith('/') ? path : `/${path}`, authority: port === usual ? host : `${host}:${port}` };
}

/** The words that go with a status. */
export const REASONS: Readonly<Record<number, string>> = {
  200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 301: 'Moved Permanently', 302: 'Found', 304: 'Not Modified', 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Not Allowed',
  429: 'Too Many Requests', 500: 'Internal Server Error', 502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
};
