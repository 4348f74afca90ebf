import { type Certificate, readCertificate } from '../certificates/certificate.ts';
import { issuedCertificate, issuedKey } from '../certificates/issued.ts';
import type { AccountClient } from '../containers/account-client.ts';
import { decoded } from '../containers/environment.ts';
import type { CustomKind, CustomObject } from '../custom-kind.ts';
import { isJsonObject, type JsonObject } from '../json.ts';
import type { KindMap } from '../objects.ts';
import type { OperatorLog } from './reconcile.ts';
import { formatInstant, HOUR_MS, parseDurationMs } from '../../time/sim-time.ts';

/** The API group of cert-manager, whose Certificates are kept in Secrets. */
export const CERTIFICATES = 'cert-manager.io';

/** What cert-manager notes on a Secret: which Certificate it belongs to. */
export const CERTIFICATE_NAME = 'cert-manager.io/certificate-name';

const COMPONENT = 'cert-manager-certificates-issuing';
const USUAL_LIFE_MS = 2_160 * HOUR_MS;
/** The webhook of cert-manager lets none pass that asks for less. */
const SHORTEST_LIFE_MS = HOUR_MS;
const LONGEST_LIFE_MS = 876_000 * HOUR_MS;

/** The spec of a Certificate (cert-manager.io/v1), as far as it is heeded. */
interface CertificateSpec {
  readonly secretName: string;
  readonly dnsNames: readonly string[];
  readonly commonName: string;
  readonly lifeMs: number;
  readonly renewBeforeMs: number | null;
  readonly issuer: { readonly kind: string; readonly name: string };
}

/**
 * Keeps the Secret of a Certificate as cert-manager does: issues what is missing, cannot be read, is for other names, was
 * asked for by hand, or has less than a third of its life left. Returns what the API server refused; null where all is well.
 */
export function keepCertificate(client: AccountClient, kind: CustomKind, key: string, nowMs: number, log: OperatorLog): string | null {
  const [namespace = '', name = ''] = key.split('/');
  const found = client.get(kind, namespace, name);
  if (!found.ok) return found.status.code === 404 ? null : found.status.message;
  const wanted = found.object;
  if (wanted.metadata.deletionTimestamp !== undefined) return null;
  const spec = specOf(wanted);
  const secret = client.get('Secret', namespace, spec.secretName);
  if (!secret.ok && secret.status.code !== 404) return secret.status.message;
  const held = secret.ok ? readCertificate(decoded(secret.object)['tls.crt'] ?? '') : null;
  const why = whyIssue(wanted, spec, secret.ok, held, nowMs);
  if (why === null) return tellStatus(client, kind, wanted, held, spec);
  client.record(wanted, 'Normal', 'Issuing', why, COMPONENT);
  log.info(why, wanted, { secret: spec.secretName });
  const written = write(client, wanted, spec, secret.ok ? secret.object : null, nowMs);
  if (written !== null) return written;
  client.record(wanted, 'Normal', 'Issuing', 'The certificate has been successfully issued', COMPONENT);
  const issued = client.get('Secret', namespace, spec.secretName);
  return tellStatus(client, kind, wanted, issued.ok ? readCertificate(decoded(issued.object)['tls.crt'] ?? '') : null, spec);
}

/** In cert-manager's words; null where there is nothing to do. */
function whyIssue(wanted: CustomObject, spec: CertificateSpec, exists: boolean, held: Certificate | null, nowMs: number): string | null {
  if (!exists) return 'Issuing certificate as Secret does not exist';
  if (held === null) return 'Issuing certificate as Secret contains an invalid certificate';
  if (spec.dnsNames.some((host) => !held.names.includes(host))) return 'Issuing certificate as Secret was previously issued for other names: [spec.dnsNames]';
  if (asked(wanted)) return 'Certificate re-issuance manually triggered';
  const renewMs = renewalMs(held, spec);
  return nowMs >= renewMs ? `Renewing certificate as renewal was scheduled at ${formatInstant(renewMs)}` : null;
}

/** Whether somebody asked for it, as `cmctl renew` does. */
function asked({ status }: CustomObject): boolean {
  const { conditions = [] } = (status ?? {}) as { conditions?: readonly { type?: string; status?: string }[] };
  return conditions.some(({ type, status: is }) => type === 'Issuing' && is === 'True');
}

/** As asked, where that lies within its life; else with a third of it left. Source: `RenewalTime` of pkg/util/pki of cert-manager. */
function renewalMs({ notBeforeMs, notAfterMs }: Certificate, { renewBeforeMs }: CertificateSpec): number {
  const lifeMs = notAfterMs - notBeforeMs;
  return notAfterMs - (renewBeforeMs !== null && renewBeforeMs > 0 && renewBeforeMs < lifeMs ? renewBeforeMs : Math.round(lifeMs / 3));
}

function write(client: AccountClient, { metadata }: CustomObject, spec: CertificateSpec, secret: KindMap['Secret'] | null, nowMs: number): string | null {
  const { namespace = '' } = metadata;
  const pem = issuedCertificate({ subject: spec.commonName, issuer: spec.issuer.name, names: spec.dnsNames, notBeforeMs: nowMs, notAfterMs: nowMs + spec.lifeMs });
  const data = { 'tls.crt': btoa(pem), 'tls.key': btoa(issuedKey()) };
  const annotations = { 'cert-manager.io/alt-names': spec.dnsNames.join(','), [CERTIFICATE_NAME]: metadata.name, 'cert-manager.io/common-name': spec.commonName, 'cert-manager.io/issuer-kind': spec.issuer.kind, 'cert-manager.io/issuer-name': spec.issuer.name };
  const written = secret === null
    ? client.create({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: spec.secretName, namespace, annotations, labels: { 'controller.cert-manager.io/fao': 'true' } }, data })
    : client.patch({ kind: 'Secret', namespace, name: spec.secretName }, { type: 'merge', body: { metadata: { annotations }, data } });
  return written.ok ? null : written.status.message;
}

function tellStatus(client: AccountClient, kind: CustomKind, { metadata, status: before }: CustomObject, held: Certificate | null, spec: CertificateSpec): string | null {
  const { namespace = '', name, generation = 1 } = metadata;
  const notAfter = held === null ? undefined : formatInstant(held.notAfterMs);
  const { notAfter: known, revision: last = 0, conditions = [] } = (before ?? {}) as { notAfter?: string; revision?: number; conditions?: readonly { readonly type: string; readonly lastTransitionTime?: string }[] };
  const since = conditions.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? (held === null ? undefined : formatInstant(held.notBeforeMs));
  const revision = last + (known === notAfter ? 0 : 1);
  const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: 'Certificate is up to date and has not expired', lastTransitionTime: since, observedGeneration: generation };
  const told = held === null ? { conditions: [] } : { conditions: [ready], notBefore: formatInstant(held.notBeforeMs), notAfter, renewalTime: formatInstant(renewalMs(held, spec)), revision };
  return client.updateStatus({ kind, namespace, name }, told)?.status.message ?? null;
}

function specOf({ metadata, spec }: CustomObject): CertificateSpec {
  const given: JsonObject = isJsonObject(spec) ? spec : {};
  const issuer: JsonObject = isJsonObject(given['issuerRef']) ? given['issuerRef'] : {};
  const dnsNames = Array.isArray(given['dnsNames']) ? (given['dnsNames'] as unknown[]).filter((name) => typeof name === 'string') : [];
  return {
    secretName: textOf(given['secretName']) ?? metadata.name, dnsNames, commonName: textOf(given['commonName']) ?? dnsNames[0] ?? metadata.name,
    lifeMs: Math.min(LONGEST_LIFE_MS, Math.max(SHORTEST_LIFE_MS, durationMs(given['duration']) ?? USUAL_LIFE_MS)), renewBeforeMs: durationMs(given['renewBefore']),
    issuer: { kind: textOf(issuer['kind']) ?? 'Issuer', name: textOf(issuer['name']) ?? '' },
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function durationMs(value: unknown): number | null {
  return typeof value === 'string' ? parseDurationMs(value) : null;
}
