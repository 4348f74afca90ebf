import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What an HTTPS server on loopback needs, and the authority that its clients are to trust; all as PEM. */
export interface LoopbackCertificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * A certificate authority that signs one certificate for `localhost`, 127.0.0.1 and ::1 and is then forgotten: its key
 * never leaves this function. Both end after `days`. `nowMs` is Unix time.
 * Node can sign but writes no certificates, and the libraries that do load for longer than a sandbox takes to start; so
 * the few fields of X.509 (RFC 5280, DER by X.690) are written here.
 */
export function loopbackCertificates(nowMs: number, days = 2): LoopbackCertificates {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = name(`sandbox-ca-${randomBytes(4).toString('hex')}`);
  const valid = sequence(time(nowMs - 5 * 60_000), time(nowMs + days * 86_400_000));
  const keyId = createHash('sha1').update(authority.publicKey.export({ type: 'spki', format: 'der' })).digest();
  const ca = certificate({
    issuer, subject: issuer, valid, holder: authority.publicKey, signer: authority.privateKey,
    extensions: [extension('551d13', true, sequence(tlv(0x01, Buffer.of(0xff)))), extension('551d0f', true, bits(0x06, 1)), extension('551d0e', false, tlv(0x04, keyId))],
  });
  const cert = certificate({
    issuer, subject: name('sandbox-apiserver'), valid, holder: server.publicKey, signer: authority.privateKey,
    extensions: [
      extension('551d0f', true, bits(0x80, 7)),
      extension('551d23', false, sequence(tlv(0x80, keyId))),
      extension('551d25', false, sequence(oid('2b06010505070301'))),
      extension('551d11', false, sequence(
        tlv(0x82, Buffer.from('localhost')), tlv(0x82, Buffer.from('kubernetes.default.svc')), tlv(0x87, Buffer.of(127, 0, 0, 1)), tlv(0x87, Buffer.concat([Buffer.alloc(15), Buffer.of(1)])),
      )),
    ],
  });
  return { ca, cert, key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface Contents {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly valid: Buffer;
  readonly holder: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificate({ issuer, subject, valid, holder, signer, extensions }: Contents): string {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40; // positive, and of full length
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const version3 = tlv(0xa0, tlv(0x02, Buffer.of(2)));
  const toSign = sequence(version3, tlv(0x02, serial), ecdsaWithSha256, issuer, valid, subject, holder.export({ type: 'spki', format: 'der' }), tlv(0xa3, sequence(...extensions)));
  const signature = sign('sha256', toSign, { key: signer, dsaEncoding: 'der' });
  const der = sequence(toSign, ecdsaWithSha256, tlv(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** One element: tag, length, content. */
function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts));
}

/** An object identifier, given as its encoded bytes. */
function oid(hex: string): Buffer {
  return tlv(0x06, Buffer.from(hex, 'hex'));
}

/** A distinguished name with nothing but a common name. */
function name(common: string): Buffer {
  return sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(common)))));
}

function time(atMs: number): Buffer {
  return tlv(0x17, Buffer.from(`${new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`));
}

function bits(byte: number, unused: number): Buffer {
  return tlv(0x03, Buffer.of(unused, byte));
}

function extension(idHex: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(idHex), ...(critical ? [tlv(0x01, Buffer.of(0xff))] : []), tlv(0x04, value));
}
