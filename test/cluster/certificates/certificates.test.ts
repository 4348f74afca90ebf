import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFor, readCertificate } from '../../../src/cluster/certificates/certificate.ts';
import { issuedCertificate, issuedKey } from '../../../src/cluster/certificates/issued.ts';
import { loopbackCertificates } from '../../../src/outside/loopback-certificates.ts';

const WISH = { subject: 'tariffs.shop.svc', issuer: 'shop-ca', names: ['tariffs', 'tariffs.shop', '*.tariffs.shop.svc'], notBeforeMs: Date.parse('2025-02-10T03:00:00Z'), notAfterMs: Date.parse('2026-02-10T03:00:00Z') };

test('Node reads a certificate of ours, and we read it as Node does', () => {
  const pem = issuedCertificate(WISH);
  const theirs = new X509Certificate(pem);
  expect([theirs.subject, theirs.issuer, theirs.subjectAltName]).toEqual(['CN=tariffs.shop.svc', 'CN=shop-ca', 'DNS:tariffs, DNS:tariffs.shop, DNS:*.tariffs.shop.svc']);
  expect([Date.parse(theirs.validFrom), Date.parse(theirs.validTo)]).toEqual([WISH.notBeforeMs, WISH.notAfterMs]);
  expect(theirs.checkPrivateKey(createPrivateKey(issuedKey()))).toBe(true);
  expect(readCertificate(pem)).toEqual({ ...WISH, pem, serial: theirs.serialNumber.toLowerCase() });
});

test.runIf(spawnSync('openssl', ['version']).status === 0)('openssl prints its dates', () => {
  const printed = execFileSync('openssl', ['x509', '-noout', '-dates', '-subject'], { input: issuedCertificate(WISH), encoding: 'utf8' });
  expect(printed).toMatch(/notBefore=Feb 10 03:00:00 2025 GMT\nnotAfter=Feb 10 03:00:00 2026 GMT\nsubject=CN ?= ?tariffs.shop.svc/);
});

test('it reads what other programs made', () => {
  const { cert } = loopbackCertificates(Date.parse('2026-02-10T03:00:00Z'));
  expect(readCertificate(cert)).toMatchObject({ subject: 'sandbox-apiserver', names: ['localhost', 'kubernetes.default.svc'], notAfterMs: Date.parse('2026-02-12T03:00:00Z') });
});

test('the dates of any wish come back, in this century and the next', () => {
  const whole = fc.integer({ min: Date.parse('1990-01-01T00:00:00Z') / 1000, max: Date.parse('2149-12-31T00:00:00Z') / 1000 }).map((seconds) => seconds * 1000);
  fc.assert(fc.property(whole, whole, fc.array(fc.domain(), { maxLength: 9 }), (notBeforeMs, notAfterMs, names) => {
    expect(readCertificate(issuedCertificate({ ...WISH, names, notBeforeMs, notAfterMs }))).toMatchObject({ notBeforeMs, notAfterMs, names });
  }), { numRuns: 50 });
});

test('what is no certificate is none, whatever is wrong with it', () => {
  const pem = issuedCertificate(WISH);
  for (const text of ['', 'tariffs', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n', pem.replace('CERTIFICATE', 'REQUEST')]) expect(readCertificate(text)).toBeNull();
  fc.assert(fc.property(fc.nat(pem.length - 1), fc.constantFrom('A', '/', '=', '0', '\n'), (at, letter) => {
    const read = readCertificate(pem.slice(0, at) + letter + pem.slice(at + 1));
    expect(read === null || Number.isFinite(read.notAfterMs)).toBe(true);
  }));
});

test('a name with a star stands for one label, and for no more', () => {
  const certificate = readCertificate(issuedCertificate({ ...WISH, names: ['*.shop', 'pay.example'] }));
  expect(['tariffs.shop', 'shop', 'a.b.shop', 'pay.example', 'www.pay.example'].map((host) => certificate !== null && isFor(certificate, host))).toEqual([true, false, false, true, false]);
});
