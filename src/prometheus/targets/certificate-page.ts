import { readCertificate } from '../../cluster/certificates/certificate.ts';
import { decoded } from '../../cluster/containers/environment.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import { Page } from '../page.ts';

/** Whether a cluster keeps certificates in Secrets. */
export function hasCertificates(store: ObjectStore): boolean {
  return store.list('Secret', null).some(({ type }) => type === 'kubernetes.io/tls');
}

/** What x509-certificate-exporter says of the certificates in a cluster's Secrets (https://github.com/enix/x509-certificate-exporter). */
export function certificatePage(store: ObjectStore): Page {
  const page = new Page();
  let unread = 0;
  for (const secret of store.list('Secret', null)) {
    if (secret.type !== 'kubernetes.io/tls') continue;
    const certificate = readCertificate(decoded(secret)['tls.crt'] ?? '');
    if (certificate === null) {
      unread++;
      continue;
    }
    const labels = { secret_namespace: secret.metadata.namespace ?? '', secret_name: secret.metadata.name, secret_key: 'tls.crt', subject_CN: certificate.subject, issuer_CN: certificate.issuer, serial_number: certificate.serial };
    page.gauge('x509_cert_not_before', 'Indicates the certificate\'s not before timestamp', labels, certificate.notBeforeMs / 1000);
    page.gauge('x509_cert_not_after', 'Indicates the certificate\'s not after timestamp', labels, certificate.notAfterMs / 1000);
  }
  page.gauge('x509_read_errors', 'Indicates the number of read failure(s)', {}, unread);
  return page;
}
