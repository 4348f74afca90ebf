import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ASpdyClient, data } from '../outside/streams/a-spdy-client.ts';
import { SpdyFrameReader } from '../../src/outside/streams/spdy-frames.ts';
import { AServedCluster } from './a-served-cluster.ts';
import { aTunnel } from './a-tunnel.ts';

let served: AServedCluster;
let pod: string;
beforeAll(async () => {
  served = await AServedCluster.start();
  pod = served.cluster.pods('checkout')[0]?.metadata.name ?? '';
});
afterAll(async () => { await served.stop(); });

const exec = (command: readonly string[], more = ''): string => `/api/v1/namespaces/shop/pods/${pod}/exec?stdout=true&stderr=true${more}${command.map((word) => `&command=${word}`).join('')}`;

interface Talk {
  readonly protocol: string;
  /** By channel, as text. */
  readonly said: Record<string, string>;
  readonly code: number;
}

/** Opens a WebSocket, sends messages as soon as it is open, and resolves with what was said when it closes. Rejects where it is not let in. */
function talk(path: string, protocols: readonly string[], messages: readonly (Buffer | string)[] = [], headers: Record<string, string> = {}): Promise<Talk> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://127.0.0.1:${served.listener.port}${path}`, [...protocols], { ca: served.certificates.ca, headers: { authorization: `Bearer ${served.token}`, ...headers } });
    const said: Record<string, string> = {};
    socket.on('open', () => { for (const message of messages) socket.send(message); });
    socket.on('message', (raw: Buffer, isBinary) => {
      const [channel, content] = isBinary ? [String(raw[0]), raw.subarray(1).toString()] : [raw.toString()[0] ?? '', Buffer.from(raw.toString().slice(1), 'base64').toString()];
      said[channel] = (said[channel] ?? '') + content;
    });
    socket.on('close', (code) => resolve({ protocol: socket.protocol, said, code }));
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => { text += chunk.toString(); }).on('end', () => reject(new Error(`${response.statusCode} ${text}`)));
    });
    socket.on('error', reject);
  });
}

const channel = (number: number, text = ''): Buffer => Buffer.concat([Buffer.of(number), Buffer.from(text)]);

describe('exec over a WebSocket', () => {
  test('says on channel 3 how it ended', async () => {
    expect(await talk(exec(['echo', 'hi']), ['v5.channel.k8s.io', 'v4.channel.k8s.io'])).toEqual({ protocol: 'v5.channel.k8s.io', said: { 1: 'hi\n', 3: '{"metadata":{},"status":"Success"}' }, code: 1000 });
    const failed = await talk(exec(['fail', '3']), ['v4.channel.k8s.io']);
    expect(failed.said['2']).toBe('it went wrong\n');
    expect(JSON.parse(failed.said['3'] ?? '')).toEqual({
      metadata: {}, status: 'Failure', reason: 'NonZeroExitCode', message: 'command terminated with non-zero exit code: command terminated with exit code 3', details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
    const none = await talk(exec(['bash']), ['v4.channel.k8s.io']);
    expect(JSON.parse(none.said['3'] ?? '')).toMatchObject({ reason: 'InternalError', code: 500, message: expect.stringMatching(/^Internal error occurred: error executing command in container: .*exec: "bash": executable file not found in \$PATH/) as string });
  });

  test('takes input, and its end, where the version knows one', async () => {
    const { said } = await talk(exec(['cat'], '&stdin=true'), ['v5.channel.k8s.io'], [channel(0, 'through '), channel(0, 'it'), Buffer.of(255, 0), channel(0, 'after the end')]);
    expect(said).toEqual({ 1: 'through it', 3: '{"metadata":{},"status":"Success"}' });
  });

  test('hears how large the terminal is', async () => {
    const { said } = await talk(exec(['screen'], '&stdin=true&tty=true'), ['v4.channel.k8s.io'], [channel(4, '{"Width":132,"Height":40}'), channel(4, '{"Width":-1}'), channel(4, 'nonsense'), channel(9, 'nobody'), Buffer.alloc(0), channel(0, '\u0003')]);
    expect(said['1']).toBe('ready\r\n132x40\r\n');
    expect(said['3']).toContain('"ExitCode","message":"130"');
  });

  test('tells whoever attached that it is over, and not with which code', async () => {
    const path = `/api/v1/namespaces/shop/pods/${pod}/attach?stdin=true&stdout=true&tty=true`;
    expect((await talk(path, ['v5.channel.k8s.io'], [channel(0, '\u0003')])).said).toEqual({ 1: 'ready\r\n', 3: '{"metadata":{},"status":"Success"}' });
  });

  test('is text where the client asks for base64, and plain words in the first version', async () => {
    const base64 = (text: string): string => `0${Buffer.from(text).toString('base64')}`;
    expect(await talk(exec(['screen'], '&stdin=true&tty=true'), ['v4.base64.channel.k8s.io'], [base64('ü'), base64('\u0004')])).toMatchObject({ protocol: 'v4.base64.channel.k8s.io', said: { 1: 'ready\r\nü', 3: '{"metadata":{},"status":"Success"}' } });
    expect((await talk(exec(['fail', '3']), ['base64.channel.k8s.io'])).said).toEqual({ 1: '', 2: 'it went wrong\n', 3: 'command terminated with non-zero exit code: command terminated with exit code 3' });
    expect(await talk(exec(['echo', 'hi']), [])).toMatchObject({ protocol: '', said: { 1: 'hi\n' } });
  });

  test('refuses before it lets in, but in the fifth version after it', async () => {
    const crashed = { ...served.cluster.get('Pod', pod) };
    const containers = [...(crashed.spec?.containers ?? []), { name: 'crashed', image: 'x' }];
    served.cluster.plane.store.update({ ...crashed, spec: { ...crashed.spec, containers } });
    await expect(talk(exec(['echo'], '&container=crashed'), ['v4.channel.k8s.io'])).rejects.toThrow('404 container not found ("crashed")');
    const { said } = await talk(exec(['echo'], '&container=crashed'), ['v5.channel.k8s.io']);
    expect(JSON.parse(said['3'] ?? '')).toMatchObject({ message: 'Internal error occurred: unable to upgrade connection: container not found ("crashed")' });
    await expect(talk(exec(['echo']), ['v5.channel.k8s.io'])).rejects.toThrow(/400 .*a container name must be specified for pod \S+, choose one of: \[app crashed\]/);
    served.cluster.plane.store.update({ ...served.cluster.get('Pod', pod), spec: { ...crashed.spec, containers: containers.slice(0, 1) } });
  });

  // k8s.io/apiserver, pkg/authentication/request/websocket/protocol_test.go.
  test('takes its token among the subprotocols, from clients in browsers that set no headers', async () => {
    const offering = (token: string): Promise<Talk> => talk(exec(['echo', 'hi']), [`base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`, 'v5.channel.k8s.io'], [], { authorization: '' });
    expect(await offering(served.token)).toMatchObject({ protocol: 'v5.channel.k8s.io', said: { 1: 'hi\n' } });
    await expect(offering('forged')).rejects.toThrow(/401 .*Unauthorized/);
  });

  test('stands behind the same door as all requests', async () => {
    await expect(talk(exec(['echo']), ['v5.channel.k8s.io'], [], { authorization: 'Bearer forged' })).rejects.toThrow(/401 .*Unauthorized/);
    await expect(talk(exec(['echo']), ['v5.channel.k8s.io'], [], { authorization: '' })).rejects.toThrow(/403 .*system:anonymous/);
    await expect(talk(exec(['echo']), ['v5.channel.k8s.io'], [], { origin: 'https://evil.example' })).rejects.toThrow(/403 .*web pages/);
    await expect(talk(exec(['echo']), ['v5.channel.k8s.io'], [], { host: 'evil.example' })).rejects.toThrow(/403 .*its own address/);
    await expect(talk(exec(['echo']), ['v9.channel.k8s.io'])).rejects.toThrow(/403 .*not supported/);
    await expect(talk('/api/v1/namespaces/shop/pods/nope/exec?stdout=true&command=x', ['v5.channel.k8s.io'])).rejects.toThrow(/404 .*pods \\"nope\\" not found/);
    await expect(talk('/api/v1/namespaces/shop/pods', [])).rejects.toThrow(/200 .*PodList/);
    expect(await served.ask('GET', exec(['echo']))).toMatchObject({ code: 400, text: expect.stringContaining('Upgrade request required') as string });
  });

  test('a client that goes away hangs the process up; one that sends rubbish ends its own connection alone', async () => {
    const from = served.processes.told.length;
    const socket = new WebSocket(`wss://127.0.0.1:${served.listener.port}${exec(['cat'], '&stdin=true')}`, ['v5.channel.k8s.io'], { ca: served.certificates.ca, headers: { authorization: `Bearer ${served.token}` } });
    await new Promise((resolve) => { socket.on('open', resolve); });
    socket.terminate();
    await expect.poll(() => served.processes.told.slice(from)).toEqual([`${pod}/app: cat`, `${pod}/app: hung up`]);
    await new Promise<void>((resolve) => {
      const wire = connect({ host: '127.0.0.1', port: served.listener.port, ca: served.certificates.ca, servername: 'localhost' }, () => {
        wire.write(`GET ${exec(['cat'], '&stdin=true')} HTTP/1.1\r\nHost: localhost:${served.listener.port}\r\nAuthorization: Bearer ${served.token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
        wire.write(Buffer.alloc(64, 0xff));
      });
      wire.on('close', () => resolve()).on('error', () => undefined).resume();
    });
    expect((await talk(exec(['echo', 'well']), ['v5.channel.k8s.io'])).said['1']).toBe('well\n');
  });
});

describe('SPDY', () => {
  /** Asks for SPDY as kubectl before 1.30 does, says `bytes` once it is let in, and resolves with all that came. */
  const spdy = (version: string, bytes: Buffer): Promise<string> => new Promise((resolve) => {
    let heard = '';
    const wire = connect({ host: '127.0.0.1', port: served.listener.port, ca: served.certificates.ca, servername: 'localhost' }, () => {
      wire.write(`POST ${exec(['cat'], '&stdin=true')} HTTP/1.1\r\nHost: localhost:${served.listener.port}\r\nAuthorization: Bearer ${served.token}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${version}\r\nContent-Length: 0\r\n\r\n`);
    });
    wire.on('data', (chunk: Buffer) => {
      if (heard === '') wire.write(bytes);
      heard += chunk.toString('latin1');
    });
    wire.on('close', () => resolve(heard)).on('error', () => undefined);
  });

  test('with rubbish in it ends that connection, and its process', async () => {
    const from = served.processes.told.length;
    expect(await spdy('v4.channel.k8s.io', Buffer.alloc(64, 0xff))).toBe('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n');
    await expect.poll(() => served.processes.told.slice(from)).toEqual([`${pod}/app: cat`, `${pod}/app: hung up`]);
  });

  test('of a version that nobody speaks is refused', async () => {
    const heard = await spdy('v9.channel.k8s.io', Buffer.alloc(0));
    expect(heard).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(heard).toContain('unable to upgrade: unable to negotiate protocol: client supports [v9.channel.k8s.io], server accepts [v4.channel.k8s.io]');
  });
});

describe('ports over a WebSocket', () => {
  const ports = (list: string): string => `/api/v1/namespaces/shop/pods/${pod}/portforward?ports=${list}`;

  test('each have a channel for data and one for errors, which begin with the port', async () => {
    const { said } = await talk(ports('8080,81'), ['v4.channel.k8s.io'], [channel(0, 'GET /echo HTTP/1.0\r\n\r\n')]);
    expect(said['0']).toMatch(/^.\u001fHTTP\/1\.1 200 OK\r\n/);
    expect(said['0']).toContain('GET /echo');
    expect(said['3']).toMatch(/^Q\0error forwarding port 81 to pod [0-9a-f]{64}, uid : .*connect: connection refused/);
  });

  test('that are none are refused', async () => {
    for (const list of ['0', '65536', 'http', '-1']) await expect(talk(ports(list), ['v4.channel.k8s.io'])).rejects.toThrow(/400 .*must be between 1 and 65535/);
    await expect(talk(`/api/v1/namespaces/shop/pods/${pod}/portforward`, ['v4.channel.k8s.io'])).rejects.toThrow(/400/);
  });
});

describe('ports over SPDY in a WebSocket', () => {
  test('carry one connection after the other, keep databases waiting, and say what refuses', async () => {
    const tunnel = await aTunnel(served, `/api/v1/namespaces/shop/pods/${pod}/portforward`);
    const reader = new SpdyFrameReader();
    const said: Record<number, string> = {};
    const ended = new Set<number>();
    tunnel.hear((bytes) => {
      for (const frame of reader.push(bytes)) {
        if (frame.type !== 'data') continue;
        said[frame.stream] = (said[frame.stream] ?? '') + frame.bytes.toString();
        if (frame.fin) ended.add(frame.stream);
      }
    });
    const client = new ASpdyClient();
    for (const [nth, port] of ['8080', '81', '5432'].entries()) {
      tunnel.say(await client.open(nth * 4 + 1, { streamtype: 'error', port, requestid: String(nth) }, true));
      tunnel.say(await client.open(nth * 4 + 3, { streamtype: 'data', port, requestid: String(nth) }));
    }
    tunnel.say(data(3, 'GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'));
    tunnel.say(data(11, 'SELECT 1'));
    await expect.poll(() => [...ended].toSorted((a, b) => a - b)).toEqual([1, 3, 5, 7]);
    expect(said[3]).toContain('GET /echo');
    expect(said[5]).toContain('connection refused');
    expect(said[11] ?? '').toBe('');
    tunnel.say(data(11, '', true));
    await expect.poll(() => ended.has(11)).toBe(true);
    tunnel.close();
  });
});

test('what a pod takes time for is answered when that time has passed', async () => {
  served.processes.held = [];
  const asked = served.ask('POST', '/api/v1/namespaces/shop/services/checkout:http/proxy/echo?x=1&y=a%20b', { body: 'a body', headers: { authorization: `Bearer ${served.token}`, 'user-agent': 'curl' } });
  await expect.poll(() => served.processes.held?.length).toBe(1);
  for (const answer of served.processes.held.splice(0)) answer();
  served.processes.held = null;
  expect(await asked).toMatchObject({ code: 200, text: 'POST /echo?x=1&y=a+b a body\n', headers: { 'x-asked-by': 'curl' } });
});
