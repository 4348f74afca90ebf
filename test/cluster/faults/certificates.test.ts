import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { issuedCertificate, issuedKey } from '../../../src/cluster/certificates/issued.ts';
import { textOfBytes } from '../../../src/cluster/shell/streams.ts';
import { certificatePage } from '../../../src/prometheus/targets/certificate-page.ts';
import { parseDurationMs } from '../../../src/time/sim-time.ts';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** Certificates with dates: what a Service shows is what its pods read from their Secret when they started. */

const SECRET = { kind: 'Secret', namespace: 'shop', name: 'tariffs-tls' } as const;

function refused(day: Night): number {
  return day.drill.cluster.metrics.recent('call.errors', 'shop/pricing→shop/tariffs', 1)[0] ?? 0;
}

function shown(day: Night): X509Certificate {
  const found = day.drill.cluster.api.get('Secret', SECRET.namespace, SECRET.name);
  return new X509Certificate(found.ok ? atob(found.object.data?.['tls.crt'] ?? '') : '');
}

function unixMs(day: Night): number {
  const { clock } = day.drill.cluster.plane;
  return clock.unixMs(clock.nowMs);
}

/** As `kubectl create secret tls --dry-run=client -o yaml | kubectl apply -f -`. */
function renew(day: Night, { names = ['tariffs.shop'], days = 30, fromDays = 0 } = {}): void {
  const notBeforeMs = unixMs(day) + fromDays * 86_400_000;
  const pem = issuedCertificate({ subject: names[0] ?? '', issuer: 'somebody', names, notBeforeMs, notAfterMs: notBeforeMs + days * 86_400_000 });
  expect(day.drill.cluster.api.patch(SECRET, { type: 'merge', body: { data: { 'tls.crt': btoa(pem), 'tls.key': btoa(issuedKey()) } } }).ok).toBe(true);
}

function expired(settings: Record<string, number> = {}): { day: Night; end: () => void } {
  const day = aLabDay().until('10s');
  return { day, end: day.drill.cluster.beginFault('certificate-expired', 'shop/tariffs', { after: 0, ...settings }) };
}

const restart = (day: Night): unknown => day.drill.command('responder-1', 'kubectl -n shop rollout restart deploy/tariffs');

test('its dates are in the Secret, for everybody to read, and nobody has changed anything', () => {
  const { day } = expired();
  day.until('2m');
  const { validFrom: from, validTo: until, subjectAltName } = shown(day);
  expect(unixMs(day) - Date.parse(until)).toBeGreaterThan(0);
  expect(unixMs(day) - Date.parse(until)).toBeLessThan(parseDurationMs('5m') ?? 0);
  expect(Date.parse(until) - Date.parse(from)).toBe(398 * 86_400_000);
  expect(subjectAltName).toContain('DNS:tariffs.shop');
  expect(refused(day)).toBe(1);
  expect(day.drill.command('responder-1', 'logs pricing').text.join('\n')).toContain('x509: certificate has expired or is not yet valid');
  expect(day.drill.cluster.changes.entries.filter(({ what }) => /tariffs/.test(what))).toEqual([]);
});

test('a renewed Secret alone mends nothing: programs read it when they start', () => {
  const { day } = expired();
  day.until('2m');
  renew(day);
  day.until('4m');
  expect(refused(day)).toBe(1);
  restart(day);
  day.until('6m');
  expect(refused(day)).toBe(0);
});

test('a restart alone mends nothing either', () => {
  const { day } = expired();
  day.until('1m');
  restart(day);
  day.until('3m');
  expect(refused(day)).toBe(1);
});

test('it ends at its moment, not before', () => {
  const { day } = expired({ after: parseDurationMs('4m') ?? 0 });
  day.until('4m');
  expect(refused(day)).toBe(0);
  day.until('5m30s');
  expect(refused(day)).toBe(1);
});

test('one for other hosts is refused in other words', () => {
  const { day } = expired();
  renew(day, { names: ['prices.shop', 'prices.shop.svc'] });
  restart(day);
  day.until('3m');
  expect(refused(day)).toBe(1);
  expect(day.drill.command('responder-1', 'logs pricing').text.join('\n')).toContain('x509: certificate is valid for prices.shop, prices.shop.svc, not tariffs.shop');
});

test('one that was made by a clock ahead of the world is taken; by a node’s clock that is behind, a young one is not valid yet', () => {
  const { day } = expired();
  renew(day, { fromDays: 200 });
  restart(day);
  day.until('2m');
  expect(refused(day)).toBe(0);
  renew(day);
  restart(day);
  day.until('4m');
  const [node = ''] = day.drill.cluster.plane.store.list('Pod', 'shop').flatMap(({ metadata, spec }) => (metadata.labels?.['app'] === 'pricing' ? (spec?.nodeName ?? []) : []));
  const right = day.drill.cluster.traffic.conditions.adjust('clock-skew', node, -3_600_000);
  day.until('5m');
  expect(refused(day)).toBeGreaterThan(0.3);
  right();
  day.until('6m');
  expect(refused(day)).toBe(0);
});

test('what is no certificate keeps a program from starting', () => {
  const day = aLabDay().until('10s');
  day.drill.cluster.api.patch(SECRET, { type: 'merge', body: { data: { 'tls.crt': btoa('nothing') } } });
  restart(day);
  day.until('3m');
  const crashing = day.drill.cluster.plane.store.list('Pod', 'shop').filter(({ metadata, status }) => metadata.labels?.['app'] === 'tariffs' && (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
  expect(crashing.length).toBeGreaterThan(0);
  expect(day.drill.cluster.podLogs('shop', crashing[0]?.metadata.name ?? '', true).map(({ text }) => text).join('\n')).toContain('tls: failed to find any PEM data in certificate input');
});

test('a service that spoke plainly is made to serve TLS with an old certificate; the roll-out taken back, it is well', () => {
  const day = aLabDay().until('10s');
  const end = day.drill.cluster.beginFault('certificate-expired', 'shop/inventory', { after: 0 });
  day.until('3m');
  expect(day.drill.cluster.metrics.recent('call.errors', 'shop/storefront→shop/inventory', 1)[0]).toBe(1);
  day.drill.command('responder-1', 'kubectl -n shop rollout undo deploy/inventory');
  day.until('5m');
  expect(day.drill.cluster.metrics.recent('call.errors', 'shop/storefront→shop/inventory', 1)[0]).toBe(0);
  end();
});

test('ended, the Secret is as it was; one that somebody renewed stays', () => {
  const one = expired();
  const before = shown(one.day).validTo;
  one.end();
  expect(shown(one.day).validTo).not.toBe(before);
  one.day.until('1m');
  expect(refused(one.day)).toBe(0);
  const other = expired();
  renew(other.day);
  const renewed = shown(other.day).serialNumber;
  other.end();
  expect(shown(other.day).serialNumber).toBe(renewed);
});

/** As `kubectl exec POD -- sh -c SCRIPT` in a pod that calls the service. */
function inside(day: Night, script: string): string {
  const pod = day.drill.cluster.plane.store.list('Pod', 'shop').find(({ metadata }) => metadata.labels?.['app'] === 'pricing')?.metadata.name ?? '';
  let out = '';
  const hear = (bytes: Uint8Array): void => void (out += textOfBytes(bytes));
  day.drill.cluster.processes.exec({ namespace: 'shop', pod, container: 'pricing' }, ['sh', '-c', script], { stdin: false, tty: false }, { stdout: hear, stderr: hear, exited: () => undefined });
  day.wait('3s');
  return out;
}

test('in a container, openssl and curl see what its program is shown', () => {
  const { day } = expired();
  day.until('1m');
  expect(inside(day, 'echo | openssl s_client -connect tariffs.shop:7070 2>/dev/null | openssl x509 -noout -enddate -subject')).toMatch(/^notAfter=Feb 10 0\d:\d\d:\d\d 2026 GMT\nsubject=CN=tariffs\.shop\.svc\n$/);
  expect(inside(day, 'openssl s_client -connect tariffs.shop:7070 </dev/null 2>&1 | grep Verify')).toBe('Verify return code: 10 (certificate has expired)\n');
  expect(inside(day, 'curl -sS https://tariffs.shop:7070/healthz; echo $?')).toContain('curl: (60) SSL certificate problem: certificate has expired');
  expect(inside(day, 'curl -ksS https://tariffs.shop:7070/healthz')).toBe('ok\n');
  renew(day);
  restart(day);
  day.until('4m');
  expect(inside(day, 'curl -sS https://tariffs.shop:7070/healthz')).toBe('ok\n');
  expect(inside(day, 'openssl s_client -connect tariffs.shop:7070 </dev/null 2>/dev/null | openssl x509 -noout -checkend 3600')).toBe('Certificate will not expire\n');
  expect(inside(day, 'curl -sS https://tariffs:7070/healthz')).toContain("SSL: no alternative certificate subject name matches target host name 'tariffs'");
});

test('metrics tell when it ends, and who keeps certificates says so beforehand', () => {
  const { day } = expired({ after: parseDurationMs('30m') ?? 0 });
  const family = [...certificatePage(day.drill.cluster.plane.store).families].find(({ name }) => name === 'x509_cert_not_after');
  expect(family?.samples.map(({ labels, value }) => [labels['secret_name'], Math.round((value * 1_000 - unixMs(day)) / 60_000)])).toEqual([['tariffs-tls', 30]]);
  expect(day.drill.cluster.changes.entries.at(-1)).toMatchObject({ who: 'pki', what: expect.stringMatching(/^secret\/tariffs-tls: certificate ends 2026-/) as string });
});

test('at the entrance users refuse it by themselves, and a renewed Secret is enough', () => {
  const day = aLabDay().until('10s');
  const { api, metrics } = day.drill.cluster;
  const host = 'prices.webshop.example';
  const data = (days: number): Record<string, string> => ({ 'tls.crt': btoa(issuedCertificate({ subject: host, issuer: 'public-ca', names: [host], notBeforeMs: unixMs(day) - 86_400_000, notAfterMs: unixMs(day) + days * 86_400_000 })), 'tls.key': btoa(issuedKey()) });
  api.create({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'prices-tls', namespace: 'shop' }, data: data(80) });
  api.patch({ kind: 'Ingress', namespace: 'shop', name: 'prices' }, { type: 'merge', body: { spec: { tls: [{ hosts: [host], secretName: 'prices-tls' }] } } });
  const rate = (): number => metrics.recent('http.rate', 'shop/pricing', 1)[0] ?? 0;
  day.until('2m');
  expect(rate()).toBeGreaterThan(20);
  day.drill.cluster.beginFault('certificate-expired', 'shop/pricing', { after: 0 });
  day.until('4m');
  // Half of the users come through the Ingress.
  expect(rate()).toBeLessThan(15);
  api.patch({ kind: 'Secret', namespace: 'shop', name: 'prices-tls' }, { type: 'merge', body: { data: data(60) } });
  day.until('6m');
  expect(rate()).toBeGreaterThan(20);
  api.delete({ kind: 'Secret', namespace: 'shop', name: 'prices-tls' });
  day.until('8m');
  expect(rate()).toBeLessThan(15);
});
