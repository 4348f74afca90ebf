import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface KubeconfigEntry {
  /** Of the cluster, the user and the context: it says which drill this is. */
  readonly name: string;
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  readonly token: string;
  /** The namespace that commands mean where they name none. */
  readonly namespace: string;
  /** Further contexts of the same server: one for each region that people work in. */
  readonly regions?: readonly RegionContext[];
}

export interface RegionContext {
  readonly name: string;
  readonly namespace: string;
}

/** Writes a kubeconfig, readable by its owner alone. Throws the system's error where it cannot be written. */
export function writeKubeconfig(path: string, entry: KubeconfigEntry): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, kubeconfigText(entry), { mode: 0o600 });
}

/** JSON, which is YAML too. */
function kubeconfigText({ name, server, ca, token, namespace, regions = [] }: KubeconfigEntry): string {
  const cluster = { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const places = [{ name, namespace }, ...regions];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: places.map((place) => ({ name: place.name, cluster })),
    users: [{ name, user: { token } }],
    contexts: places.map((place) => ({ name: place.name, context: { cluster: place.name, user: name, namespace: place.namespace } })),
    preferences: {},
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
