import { digest } from '../../time/dice.ts';
import { ascii, der, hex } from './der.ts';
import { pemOf } from './pem.ts';

/** What is asked of an authority. Times are Unix time in ms; certificates hold whole seconds. */
export interface CertificateWish {
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/**
 * A certificate as PEM (X.509 v3, RFC 5280), the same for the same wish. Its dates and names are what people and programs in
 * here look at; its key is one that everybody knows, and its signature is none: nothing real is to trust it.
 */
export function issuedCertificate(wish: CertificateWish): string {
  const { subject, issuer, names, notBeforeMs, notAfterMs } = wish;
  const serial = hex(`4${digest([subject, issuer, ...names, notBeforeMs, notAfterMs].join('|')).slice(0, 15)}`);
  const extensions = sequence(
    sequence(oid('551d0f'), [1, 1, 0xff], octets(der(0x03, [7, 0x80]))),
    sequence(oid('551d25'), octets(sequence(oid('2b06010505070301')))),
    sequence(oid('551d13'), [1, 1, 0xff], octets(sequence())),
    sequence(oid('551d11'), octets(sequence(...names.map((name) => der(0x82, ascii(name)))))),
  );
  const signed = sequence(der(0xa0, der(0x02, [2])), der(0x02, serial), ECDSA_SHA256, commonName(issuer), sequence(time(notBeforeMs), time(notAfterMs)), commonName(subject), PUBLIC_KEY, der(0xa3, extensions));
  return pemOf('CERTIFICATE', sequence(signed, ECDSA_SHA256, der(0x03, [0], SIGNATURE)));
}

/** The key that belongs to all of them, as PEM. */
export function issuedKey(): string {
  return pemOf('EC PRIVATE KEY', sequence(der(0x02, [1]), octets(hex(SCALAR)), der(0xa0, oid('2a8648ce3d030107')), der(0xa1, der(0x03, [0], hex(POINT)))));
}

const SCALAR = '1af7858c8e412ddef11e467ef8d5c099b63bd2023115c6f43d645a1d8470ec6e';
const POINT = '042b6bab92b439b0ee72fc2afb053fe755a27aa19edbc8f0f5d24f1a461ac9cc97e107cdaa6de558fe79ec974754d6afd21c51375b577b6457874f8cef94478bbc';
const PUBLIC_KEY = sequence(sequence(oid('2a8648ce3d0201'), oid('2a8648ce3d030107')), der(0x03, [0], hex(POINT)));
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const SIGNATURE = sequence(der(0x02, hex('1998a47d3d8cdc2fd3460e908e02791f4eec9bcd2caa1712d48968ee15ccd8fb')), der(0x02, hex('721c70b91bc736be55532897588f62111a28d0eb32c0cc161364b2a12a843451')));

function sequence(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  return der(0x30, ...parts);
}

function octets(part: Uint8Array): Uint8Array {
  return der(0x04, part);
}

function oid(bytes: string): Uint8Array {
  return der(0x06, hex(bytes));
}

function commonName(name: string): Uint8Array {
  return sequence(der(0x31, sequence(oid('550403'), der(0x0c, ascii(name)))));
}

/** UTCTime until 2049, GeneralizedTime after it. */
function time(ms: number): Uint8Array {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return Number(digits.slice(0, 4)) < 2050 ? der(0x17, ascii(digits.slice(2))) : der(0x18, ascii(digits));
}
