export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Further headers, by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Parameters by name, each as often as it was given. */
export type Parameters = ReadonlyMap<string, readonly string[]>;

export type ErrorType = 'bad_data' | 'execution' | 'internal' | 'unavailable';

/** A success in Prometheus' form. */
export function json(data: unknown, warnings: readonly string[] = [], infos: readonly string[] = []): HttpAnswer {
  return { status: 200, type: 'application/json', body: JSON.stringify({ status: 'success', data, ...(warnings.length > 0 ? { warnings } : {}), ...(infos.length > 0 ? { infos } : {}) }) };
}

/** A failure in Prometheus' form. */
export function failed(status: number, errorType: ErrorType, error: string): HttpAnswer {
  return { status, type: 'application/json', body: JSON.stringify({ status: 'error', errorType, error }) };
}
