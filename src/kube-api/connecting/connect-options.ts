import type { AnyObject } from '../../cluster/store.ts';
import { flag } from '../query-flag.ts';
import type { Subresource } from '../rest-resources.ts';

/** What admission is shown of a connection: its options, as the request's query says them. */
export function connectOptions(kind: string, subresource: Subresource, query: URLSearchParams): AnyObject {
  const shown = `${kind}${subresource === 'portforward' ? 'PortForward' : `${subresource.charAt(0).toUpperCase()}${subresource.slice(1)}`}Options`;
  const path = query.get('path');
  const container = query.get('container');
  return {
    apiVersion: 'v1', kind: shown, metadata: {},
    ...(subresource === 'exec' || subresource === 'attach' ? Object.fromEntries(['stdin', 'stdout', 'stderr', 'tty'].map((name) => [name, flag(query, name)])) : {}),
    ...(subresource === 'exec' ? { command: query.getAll('command') } : {}),
    ...(container === null ? {} : { container }), ...(path === null ? {} : { path }),
  } as unknown as AnyObject;
}
