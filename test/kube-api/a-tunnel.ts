import { request } from 'node:https';
import type { Socket } from 'node:net';
import type { AServedCluster } from './a-served-cluster.ts';

/** A client's WebSocket of kubectl's own subprotocol, whose name holds a slash, which libraries refuse to ask for. */
export interface Tunnel {
  say(bytes: Buffer): void;
  hear(listener: (bytes: Buffer) => void): void;
  close(): void;
}

export function aTunnel({ listener, certificates, token }: AServedCluster, path: string): Promise<Tunnel> {
  const headers = {
    authorization: `Bearer ${token}`, connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', 'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io',
  };
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port: listener.port, ca: certificates.ca, servername: 'localhost', path, headers, agent: false });
    call.on('error', reject).on('response', (response) => reject(new Error(`not let in: ${response.statusCode}`)));
    call.on('upgrade', (response, socket: Socket, head) => {
      if (response.headers['sec-websocket-protocol'] !== headers['sec-websocket-protocol']) reject(new Error('another protocol'));
      resolve(tunnelOn(socket, head));
    });
    call.end();
  });
}

/** Binary frames of RFC 6455 of less than 64 KiB; ours masked with zeros. */
function tunnelOn(socket: Socket, head: Buffer): Tunnel {
  let waiting = head;
  let listener: (bytes: Buffer) => void = () => undefined;
  const read = (chunk: Buffer): void => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= 4) {
      const short = (waiting[1] as number) & 0x7f;
      const [from, length] = short < 126 ? [2, short] : [4, waiting.readUInt16BE(2)];
      if (waiting.length < from + length) return;
      listener(waiting.subarray(from, from + length));
      waiting = waiting.subarray(from + length);
    }
  };
  return {
    say: (bytes) => {
      const frame = Buffer.alloc(8);
      frame.writeUInt16BE(0x82fe);
      frame.writeUInt16BE(bytes.length, 2);
      socket.write(Buffer.concat([frame, bytes]));
    },
    hear: (other) => {
      listener = other;
      socket.on('data', read);
    },
    close: () => socket.destroy(),
  };
}
