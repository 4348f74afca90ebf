import { type Certificate, isFor, readCertificate } from '../certificates/certificate.ts';
import { formatDate } from './dates.ts';
import { resolvePath } from '../shell/file-system.ts';
import type { Call, Program } from '../shell/machine.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { readAll, writeOut } from '../shell/streams.ts';

/** `openssl x509` and `openssl s_client`, as far as people look at certificates with them. */
export const openssl: Program = function* (call) {
  const [verb = '', ...args] = call.args;
  if (verb === 'version') return yield* said(call, 'OpenSSL 3.3.2 3 Sep 2024 (Library: OpenSSL 3.3.2 3 Sep 2024)\n');
  const options = optionsOf(args);
  if (verb === 'x509') return yield* x509(call, options);
  if (verb === 's_client') return yield* client(call, options);
  call.io.stderr.write(`Invalid command '${verb}'; type "help" for a list.\n`);
  return 1;
};

type Options = ReadonlyMap<string, string>;

/** Those of its options that take a value. */
const VALUED: ReadonlySet<string> = new Set(['-in', '-connect', '-servername', '-checkend', '-ext', '-CAfile', '-CApath', '-showcert', '-inform', '-checkhost']);

function optionsOf(args: readonly string[]): Options {
  const options = new Map<string, string>();
  for (let nth = 0; nth < args.length; nth++) {
    const name = args[nth] as string;
    options.set(name, VALUED.has(name) ? (args[++nth] ?? '') : '');
  }
  return options;
}

function* said(call: Call, text: string, code = 0): Steps {
  yield* writeOut(call.task, call.io.stdout, text);
  return code;
}

function* x509(call: Call, options: Options): Steps {
  const path = options.get('-in');
  let pem: string;
  if (path === undefined) pem = yield* readAll(call.task, call.io.stdin);
  else {
    const file = call.machine.files.find(resolvePath(call.cwd, path));
    if (file?.type !== 'file') {
      call.io.stderr.write(`Could not open file or uri for loading certificate from ${path}: No such file or directory\n`);
      return 1;
    }
    pem = file.bytes;
  }
  const certificate = readCertificate(pem);
  if (certificate === null) {
    call.io.stderr.write(`Could not find certificate from ${path ?? '<stdin>'}\n`);
    return 1;
  }
  const checkEnd = options.get('-checkend');
  if (checkEnd !== undefined) {
    const ends = call.machine.unixMs() + (Number(checkEnd) || 0) * 1_000 > certificate.notAfterMs;
    return yield* said(call, ends ? 'Certificate will expire\n' : 'Certificate will not expire\n', ends ? 1 : 0);
  }
  return yield* said(call, [...options.keys()].map((option) => field(option, certificate)).join('') + (options.has('-noout') ? '' : certificate.pem));
}

/** What one option prints. */
function field(option: string, { notBeforeMs, notAfterMs, subject, issuer, serial, names }: Certificate): string {
  switch (option) {
    case '-dates': return `notBefore=${dated(notBeforeMs)}\nnotAfter=${dated(notAfterMs)}\n`;
    case '-startdate': return `notBefore=${dated(notBeforeMs)}\n`;
    case '-enddate': return `notAfter=${dated(notAfterMs)}\n`;
    case '-subject': return `subject=CN=${subject}\n`;
    case '-issuer': return `issuer=CN=${issuer}\n`;
    case '-serial': return `serial=${serial.toUpperCase()}\n`;
    case '-ext': return `X509v3 Subject Alternative Name: \n    ${names.map((name) => `DNS:${name}`).join(', ')}\n`;
    case '-text': return `Certificate:\n    Data:\n        Version: 3 (0x2)\n        Serial Number:\n            ${serial.match(/../g)?.join(':') ?? ''}\n        Signature Algorithm: ecdsa-with-SHA256\n        Issuer: CN=${issuer}\n        Validity\n            Not Before: ${dated(notBeforeMs)}\n            Not After : ${dated(notAfterMs)}\n        Subject: CN=${subject}\n        X509v3 extensions:\n            X509v3 Subject Alternative Name: \n                ${names.map((name) => `DNS:${name}`).join(', ')}\n`;
    default: return '';
  }
}

function dated(ms: number): string {
  return formatDate('%b %e %H:%M:%S %Y GMT', ms);
}

function* client(call: Call, options: Options): Steps {
  const [host = '', port = '443'] = (options.get('-connect') ?? '').split(':');
  const to = call.machine.connect(host, Number(port));
  if (to.to === 'nowhere') {
    call.io.stderr.write(`BIO_lookup_ex:Name does not resolve\nconnect:errno=2\n`);
    return 1;
  }
  yield* sleep(call.task, Math.min(to.tookMs, 134_000));
  if (to.to !== 'listener') {
    call.io.stderr.write(`connect: ${to.to === 'refused' ? 'Connection refused' : 'Operation timed out'}\nconnect:errno=${to.to === 'refused' ? 111 : 110}\n`);
    return 1;
  }
  const { certificate } = to;
  if (certificate === undefined) {
    call.io.stderr.write('error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl/record/ssl3_record.c:354:\n');
    return yield* said(call, 'CONNECTED(00000003)\n---\nno peer certificate available\n---\nNo client certificate CA names sent\n---\nVerification: OK\n---\n', 1);
  }
  const verdict = verify(certificate, options.get('-servername') ?? host, call.machine.unixMs());
  call.io.stderr.write(`depth=0 CN=${certificate.subject}\nverify error:${verdict}\nverify return:1\n`);
  return yield* said(call, `CONNECTED(00000003)\n---\nCertificate chain\n 0 s:CN=${certificate.subject}\n   i:CN=${certificate.issuer}\n   a:PKEY: EC, (prime256v1); sigalg: ecdsa-with-SHA256\n   v:NotBefore: ${dated(certificate.notBeforeMs)}; NotAfter: ${dated(certificate.notAfterMs)}\n---\nServer certificate\n${certificate.pem}subject=CN=${certificate.subject}\nissuer=CN=${certificate.issuer}\n---\nNew, TLSv1.3, Cipher is TLS_AES_256_GCM_SHA384\nVerify return code: ${verdict.replace('num=', '').replace(/:(.*)/, ' ($1)')}\n---\nDONE\n`);
}

/** No container knows the cluster's own authority. */
function verify(certificate: Certificate, host: string, nowMs: number): string {
  if (nowMs > certificate.notAfterMs) return 'num=10:certificate has expired';
  if (!isFor(certificate, host)) return 'num=62:hostname mismatch';
  return certificate.issuer === certificate.subject ? 'num=18:self-signed certificate' : 'num=20:unable to get local issuer certificate';
}
