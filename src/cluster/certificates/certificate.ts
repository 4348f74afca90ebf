import { type DerValue, readDer } from './der.ts';
import { bytesOfPem } from './pem.ts';

/** What a program that is shown a certificate (X.509, RFC 5280) looks at. Times are Unix time in ms. */
export interface Certificate {
  readonly pem: string;
  /** In hexadecimal. */
  readonly serial: string;
  /** Common names. */
  readonly subject: string;
  readonly issuer: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** The hosts that it is for: its alternative names of type DNS. */
  readonly names: readonly string[];
}

/** The first certificate of a PEM text; null where there is none that can be read. */
export function readCertificate(pem: string): Certificate | null {
  const bytes = bytesOfPem('CERTIFICATE', pem);
  const fields = bytes === null ? undefined : readDer(bytes)?.[0]?.inside[0]?.inside;
  if (fields === undefined) return null;
  // The first field is the version; old certificates have none.
  const [serial, , issuer, validity, subject] = fields[0]?.tag === VERSION ? fields.slice(1) : fields;
  const [from, until] = validity?.inside ?? [];
  const notBeforeMs = timeOf(from);
  const notAfterMs = timeOf(until);
  if (serial === undefined || issuer === undefined || subject === undefined || notBeforeMs === null || notAfterMs === null) return null;
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS)?.inside[0]?.inside ?? [];
  return { pem, serial: hexOf(serial.bytes), subject: commonName(subject), issuer: commonName(issuer), notBeforeMs, notAfterMs, names: dnsNames(extensions) };
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const DNS_NAME = 0x82;
const COMMON_NAME = '550403';
const ALTERNATIVE_NAMES = '551d11';

function timeOf(value: DerValue | undefined): number | null {
  if (value === undefined || (value.tag !== UTC_TIME && value.tag !== GENERALIZED_TIME)) return null;
  const text = textOf(value.bytes);
  const [, year = '', month, day, hour, minute, second] = (value.tag === UTC_TIME ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/).exec(text) ?? [];
  // Two digits are of this century below 50 (RFC 5280, 4.1.2.5.1).
  const full = year.length === 2 ? `${Number(year) < 50 ? '20' : '19'}${year}` : year;
  const ms = Date.parse(`${full}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}Z`);
  return Number.isNaN(ms) ? null : ms;
}

function commonName(name: DerValue): string {
  for (const { inside } of name.inside) {
    const [type, value] = inside[0]?.inside ?? [];
    if (type !== undefined && value !== undefined && hexOf(type.bytes) === COMMON_NAME) return textOf(value.bytes);
  }
  return '';
}

function dnsNames(extensions: readonly DerValue[]): string[] {
  const found = extensions.find(({ inside }) => inside[0] !== undefined && hexOf(inside[0].bytes) === ALTERNATIVE_NAMES);
  const held = found?.inside.at(-1);
  const names = held === undefined ? undefined : readDer(held.bytes)?.[0]?.inside;
  return (names ?? []).flatMap(({ tag, bytes }) => (tag === DNS_NAME ? [textOf(bytes)] : []));
}

/** Whether a certificate is for a host: by its very name, or by one whose first label may be any. */
export function isFor({ names }: Certificate, host: string): boolean {
  return names.some((name) => name === host || (name.startsWith('*.') && host.includes('.') && host.slice(host.indexOf('.')) === name.slice(1)));
}

function textOf(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?';
  return text;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

