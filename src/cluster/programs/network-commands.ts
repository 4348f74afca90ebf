import type { Call, Program } from '../shell/machine.ts';
import { resolvePath } from '../shell/file-system.ts';
import { sleep, type Steps } from '../shell/process.ts';
import { bufferOf, readAll, textOfBytes, writeOut } from '../shell/streams.ts';
import { atOnce, optionsOf, tried } from './command.ts';
import { curl } from './curl.ts';
import { parseHttpUrl, REASONS } from './http-url.ts';

/** Commands that ask the network. */
export const NETWORK_COMMANDS: Readonly<Record<string, Program>> = {
  curl, wget, nslookup, nc, netcat: nc, ping,
  dig: function* (call) {
    const name = call.args.find((argument) => !/^[+@-]/.test(argument) && !/^(?:A|AAAA|ANY|SRV|TXT|CNAME)$/i.test(argument)) ?? '.';
    yield* sleep(call.task, 2);
    // Unlike other clients, dig asks for exactly what it was given.
    const found = call.args.some((argument) => argument === '+search') || name.split('.').length > 4 || !name.includes('.svc') ? call.machine.lookUp(name.endsWith('.') ? name : call.args.includes('+search') ? name : `${name}.`) : null;
    const ips = found?.name === name.replace(/\.$/, '') || call.args.includes('+search') ? (found?.ips ?? []) : [];
    if (call.args.includes('+short')) yield* writeOut(call.task, call.io.stdout, ips.map((ip) => `${ip}\n`).join(''));
    else yield* writeOut(call.task, call.io.stdout, `\n; <<>> DiG 9.18.27 <<>> ${call.args.join(' ')}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${ips.length > 0 ? 'NOERROR' : 'NXDOMAIN'}, id: 4711\n;; flags: qr aa rd; QUERY: 1, ANSWER: ${ips.length}, AUTHORITY: 0, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;${name.replace(/\.?$/, '.')}\t\tIN\tA\n${ips.length > 0 ? `\n;; ANSWER SECTION:\n${ips.map((ip) => `${name.replace(/\.?$/, '.')}\t30\tIN\tA\t${ip}\n`).join('')}` : ''}\n;; Query time: 1 msec\n;; SERVER: 10.96.0.10#53(10.96.0.10) (UDP)\n\n`);
    return 0;
  },
  host: function* (call) {
    yield* sleep(call.task, 2);
    const [name = ''] = call.args;
    const found = call.machine.lookUp(name);
    yield* writeOut(call.task, call.io.stdout, found === null ? `Host ${name} not found: 3(NXDOMAIN)\n` : found.ips.map((ip) => `${found.name} has address ${ip}\n`).join(''));
    return found === null ? 1 : 0;
  },
  getent: function* (call) {
    const [database, name = ''] = call.args;
    if (database !== 'hosts' && database !== 'ahosts' && database !== 'ahostsv4') return database === undefined ? 1 : 2;
    yield* sleep(call.task, 2);
    const found = call.machine.lookUp(name);
    if (found !== null) yield* writeOut(call.task, call.io.stdout, found.ips.map((ip) => `${ip.padEnd(15)} ${database === 'hosts' ? found.name : 'STREAM'}\n`).join(''));
    return found === null ? 2 : 0;
  },
  ip: atOnce(({ machine }) => `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN\n    inet 127.0.0.1/8 scope host lo\n2: eth0@if12: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP\n    inet ${machine.podIp}/24 brd ${machine.podIp.replace(/\d+$/, '255')} scope global eth0\n`),
  ifconfig: atOnce(({ machine }) => `eth0      Link encap:Ethernet\n          inet addr:${machine.podIp}  Bcast:${machine.podIp.replace(/\d+$/, '255')}  Mask:255.255.255.0\n          UP BROADCAST RUNNING MULTICAST  MTU:1450  Metric:1\n\n`),
  netstat: atOnce(sockets), ss: atOnce(sockets),
};

function sockets({ machine }: Call): string {
  return `Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State\n${machine.ports.map((port) => `tcp        0      0 ${`0.0.0.0:${port}`.padEnd(23)} 0.0.0.0:*               LISTEN\n`).join('')}`;
}

function* nslookup(call: Call): Steps {
  const name = call.args.find((argument) => !argument.startsWith('-')) ?? '';
  const { machine } = call;
  yield* sleep(call.task, 3 + Math.min(5_000, machine.namesLateMs));
  const silent = machine.namesLateMs >= 5_000 || machine.nameTrouble(name) === 'silence';
  if (silent) {
    yield* sleep(call.task, 10_000);
    yield* writeOut(call.task, call.io.stdout, ';; connection timed out; no servers could be reached\n\n');
    return 1;
  }
  const found = machine.lookUp(name);
  const out = (text: string): Steps<boolean> => writeOut(call.task, call.io.stdout, text);
  const server = 'Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n';
  if (found === null) {
    yield* out(`${server}** server can't find ${name}: ${machine.nameTrouble(name) ?? 'NXDOMAIN'}\n\n`);
    return 1;
  }
  yield* out(server + found.ips.map((ip) => `Name:\t${found.name}\nAddress: ${ip}\n`).join('') + '\n');
  return 0;
}

/** `wget` of busybox. */
function* wget(call: Call): Steps {
  const { flags, values, rest } = optionsOf(call.args, 'OTtUY');
  const written = rest[0] ?? '';
  const url = parseHttpUrl(written);
  const fail = (words: string): number => {
    call.io.stderr.write(`wget: ${words}\n`);
    return 1;
  };
  if (url === null) return fail(written === '' ? 'missing URL' : `not an http or ftp url: ${written}`);
  const timeoutMs = Number(values.get('T') ?? values.get('timeout') ?? 900) * 1000;
  const to = call.machine.connect(url.host, url.port);
  const quiet = flags.has('q');
  if (to.to === 'nowhere') {
    yield* sleep(call.task, 12);
    return fail(`bad address '${url.authority}'`);
  }
  if (!quiet) call.io.stderr.write(`Connecting to ${url.authority} (${to.ip}:${url.port})\n`);
  if (to.to === 'silence') {
    yield* sleep(call.task, Math.min(timeoutMs, 134_000));
    return fail(timeoutMs < 134_000 ? 'download timed out' : `can't connect to remote host (${to.ip}): Connection timed out`);
  }
  yield* sleep(call.task, to.tookMs);
  if (to.to === 'refused') return fail(`can't connect to remote host (${to.ip}): Connection refused`);
  if (to.resets === true) return fail('error getting response: Connection reset by peer');
  if (to.speaks !== 'http') return fail('error getting response');
  const data = values.get('post-data');
  const answer = to.ask({ method: flags.has('spider') ? 'HEAD' : data === undefined ? 'GET' : 'POST', path: url.path, headers: { host: url.authority, 'user-agent': 'Wget' }, body: bufferOf(data ?? '') });
  if (answer.tookMs > timeoutMs) {
    yield* sleep(call.task, timeoutMs);
    return fail('download timed out');
  }
  yield* sleep(call.task, answer.tookMs);
  if (flags.has('S')) call.io.stderr.write(`  HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ''}\n${Object.entries(answer.headers).map(([name, value]) => `  ${name}: ${value}\n`).join('')}`);
  if (answer.status >= 400) return fail(`server returned error: HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ''}`);
  if (flags.has('spider')) return 0;
  const target = values.get('O') ?? (url.path.split('?')[0]?.split('/').at(-1) || 'index.html');
  const body = textOfBytes(answer.body);
  if (target === '-') {
    yield* writeOut(call.task, call.io.stdout, body);
    return 0;
  }
  const wrong = tried(target, () => call.machine.files.write(resolvePath(call.cwd, target), body));
  if (wrong !== null) return fail(`can't open '${target}': ${wrong.slice(target.length + 2)}`);
  if (!quiet) call.io.stderr.write(`saving to '${target}'\n${target.padEnd(20)} 100% |********************************| ${String(body.length).padStart(5)}  0:00:00 ETA\n'${target}' saved\n`);
  return 0;
}

function* nc(call: Call): Steps {
  const { flags, values, rest } = optionsOf(call.args, 'wpesi');
  const [host = '', port = '0'] = rest;
  if (flags.has('l')) for (;;) yield Infinity;
  const to = call.machine.connect(host, Number(port));
  const limitMs = Number(values.get('w') ?? 134) * 1000;
  if (to.to === 'nowhere') {
    call.io.stderr.write(`nc: bad address '${host}'\n`);
    return 1;
  }
  yield* sleep(call.task, Math.min(limitMs, to.tookMs));
  if (to.to !== 'listener') {
    if (!flags.has('z') || flags.has('v')) call.io.stderr.write(to.to === 'silence' ? `nc: ${host} (${to.ip}:${port}): Connection timed out\n` : `nc: ${host} (${to.ip}:${port}): Connection refused\n`);
    return 1;
  }
  if (flags.has('v')) call.io.stderr.write(`${host} (${to.ip}:${port}) open\n`);
  if (flags.has('z')) return 0;
  const sent = yield* readAll(call.task, call.io.stdin);
  const [, method, path] = /^(\w+) (\S+) HTTP\/1/.exec(sent) ?? [];
  if (to.speaks === 'http' && method !== undefined && path !== undefined) {
    const answer = to.ask({ method, path, headers: {}, body: new Uint8Array(0) });
    yield* sleep(call.task, answer.tookMs);
    yield* writeOut(call.task, call.io.stdout, `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? ''}\r\n${Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${textOfBytes(answer.body)}`);
  } else if (to.speaks === 'redis' && /^ping/i.test(sent)) yield* writeOut(call.task, call.io.stdout, '+PONG\r\n');
  return 0;
}

function* ping(call: Call): Steps {
  const { values, rest } = optionsOf(call.args, 'cWwis');
  const [host = ''] = rest;
  const found = call.machine.lookUp(host);
  const ip = found?.ips[0];
  if (ip === undefined) {
    yield* sleep(call.task, 12);
    call.io.stderr.write(`ping: bad address '${host}'\n`);
    return 1;
  }
  const out = (text: string): Steps<boolean> => writeOut(call.task, call.io.stdout, text);
  const count = Number(values.get('c') ?? Infinity);
  // Addresses of Services are no machines: nobody answers there.
  const machines = !ip.startsWith('10.96.') && /^(?:127\.|10\.244\.|192\.168\.|203\.)/.test(ip);
  yield* out(`PING ${host} (${ip}): 56 data bytes\n`);
  const times: number[] = [];
  let sent = 0;
  for (; sent < count; sent++) {
    if (sent > 0) yield* sleep(call.task, 1_000);
    const ms = machines ? echoMs(call, host, sent) : null;
    if (ms === null) continue;
    times.push(ms);
    if (!(yield* out(`64 bytes from ${ip}: seq=${sent} ttl=62 time=${ms.toFixed(3)} ms\n`))) return 141;
  }
  if (times.length === 0) yield* sleep(call.task, Number(values.get('W') ?? 10) * 1_000);
  const lost = sent === 0 ? 0 : Math.floor(((sent - times.length) * 100) / sent);
  const trip = [Math.min(...times), times.reduce((one, other) => one + other, 0) / times.length, Math.max(...times)];
  yield* out(`\n--- ${host} ping statistics ---\n${sent} packets transmitted, ${times.length} packets received, ${lost}% packet loss\n${times.length > 0 ? `round-trip min/avg/max = ${trip.map((ms) => ms.toFixed(3)).join('/')} ms\n` : ''}`);
  return times.length > 0 ? 0 : 1;
}

/** What programs listen on, as a rule: an echo takes the way that a connection to one of them would. */
const USUAL_PORTS = [8080, 80, 443, 5432, 6379, 9092] as const;

/** How long an echo takes there and back, in ms; null where none comes. */
function echoMs({ machine }: Call, host: string, nth: number): number | null {
  let to = machine.connect(host, USUAL_PORTS[0]);
  for (const port of USUAL_PORTS.slice(1)) if (to.to === 'refused') to = machine.connect(host, port);
  if (to.to === 'nowhere' || to.to === 'silence') return null;
  return Math.max(0, to.tookMs - 1) + 0.3 + ((nth * 37) % 200) / 1_000;
}
