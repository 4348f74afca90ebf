import { isJsonObject } from '../json.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import { parseReference } from './reference.ts';

/** The registry hosts that a pod brings credentials for, in its own pull secrets or those of its service account. */
export function imageSecrets(store: ObjectStore, { metadata, spec }: KindMap['Pod']): ReadonlySet<string> {
  const namespace = metadata.namespace ?? '';
  const account = store.get('ServiceAccount', namespace, spec?.serviceAccountName ?? 'default');
  const hosts = new Set<string>();
  for (const { name = '' } of [...(spec?.imagePullSecrets ?? []), ...(account?.imagePullSecrets ?? [])]) {
    const secret = store.get('Secret', namespace, name);
    const file = secret?.data?.['.dockerconfigjson'] ?? secret?.data?.['.dockercfg'];
    if (file !== undefined) for (const host of hostsOf(file)) hosts.add(host);
  }
  return hosts;
}

function hostsOf(base64: string): string[] {
  try {
    const config: unknown = JSON.parse(atob(base64));
    const entries = isJsonObject(config) && isJsonObject(config['auths']) ? config['auths'] : config;
    return isJsonObject(entries) ? Object.keys(entries).map((key) => {
      const host = key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
      return host === 'index.docker.io' ? 'docker.io' : (parseReference(`${host}/x`)?.host ?? host);
    }) : [];
  } catch {
    return [];
  }
}
