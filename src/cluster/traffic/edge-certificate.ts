import { type Certificate, isFor, readCertificate } from '../certificates/certificate.ts';
import { decoded } from '../containers/environment.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';

type Ingress = KindMap['Ingress'];
type Reading = Pick<ObjectStore, 'get' | 'list'>;

/** Whether users who come to a host over HTTPS are shown a certificate that they refuse: an old one, one of another host, or the controller's own where the Secret has none. */
export function edgeRefuses(store: Reading, host: string, nowMs: number): boolean {
  const shown = shownAt(store, host);
  if (shown === undefined) return false;
  return shown === null || nowMs > shown.notAfterMs || !isFor(shown, host);
}

/** When what is shown at a host ends; null where nothing is. Unix time in ms. */
export function edgeEndsMs(store: Reading, host: string): number | null {
  return shownAt(store, host)?.notAfterMs ?? null;
}

/** The certificate at a host, null where its Ingress names one that there is not, undefined where it speaks plainly. A controller reads Secrets when they change. */
function shownAt(store: Reading, host: string): Certificate | null | undefined {
  for (const ingress of store.list('Ingress', null)) {
    const secret = secretNameFor(ingress, host);
    if (secret === undefined) continue;
    return readCertificate(decoded(store.get('Secret', ingress.metadata.namespace ?? '', secret))['tls.crt'] ?? '');
  }
  return undefined;
}

/** The Secret that an Ingress takes for a host. */
function secretNameFor({ spec }: Ingress, host: string): string | undefined {
  return spec?.tls?.find(({ hosts = [] }) => hosts.some((name) => name === host || (name.startsWith('*.') && host.slice(host.indexOf('.')) === name.slice(1))))?.secretName;
}

/** The Secrets `name` of a namespace that Ingresses show for hosts which lead to a Service `namespace/name`. */
export function edgeSecretsOf(ingresses: readonly Ingress[], service: string): string[] {
  return ingresses.flatMap((ingress) => {
    const leads = (ingress.spec?.rules ?? []).filter(({ http }) => http?.paths.some(({ backend }) => `${ingress.metadata.namespace ?? ''}/${backend.service?.name ?? ''}` === service));
    return leads.flatMap(({ host = '' }) => secretNameFor(ingress, host) ?? []);
  });
}
