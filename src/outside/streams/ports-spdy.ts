import type { Duplex } from 'node:stream';
import type { PortsUpgrade } from '../../kube-api/connecting/upgrade.ts';
import { PortConnection } from './port-connection.ts';
import { SpdyConnection, type SpdyReceiver, type SpdyStream } from './spdy-connection.ts';

export const PORTS_OVER_SPDY = 'portforward.k8s.io';
/** The same in the messages of a WebSocket, as kubectl asks since 1.31. */
export const PORTS_TUNNELLED = 'SPDY/3.1+portforward.k8s.io';

interface Pair {
  error: SpdyStream | null;
  data: { readonly stream: SpdyStream; readonly connection: PortConnection } | null;
}

/**
 * Forwards ports over SPDY: for each connection the client opens a stream for errors and one for data, which the
 * `requestid` in their headers makes a pair. Source: k8s.io/cri-streaming, portforward/httpstream.go.
 */
export function servePortsOverSpdy(wire: Duplex, head: Buffer, upgrade: PortsUpgrade, catchUp: () => void): void {
  const pairs = new Map<string, Pair>();
  const connection = new SpdyConnection(wire, (stream) => {
    const { headers } = stream;
    const type = headers.get('streamtype');
    const port = Number(headers.get('port'));
    // Old clients name no request; they open the two streams of one right after each other.
    const id = headers.get('requestid') ?? String(stream.id - (type === 'data' ? 2 : 0));
    if (!(Number.isInteger(port) && port > 0 && port < 65_536)) return null;
    const pair = pairs.get(id) ?? { error: null, data: null };
    if (type === 'error' && pair.error === null) pair.error = stream;
    else if (type === 'data' && pair.data === null) pair.data = { stream, connection: forwarded(stream, pair) };
    else return null;
    pairs.set(id, pair);
    const { error, data } = pair;
    if (error !== null && data !== null) {
      pairs.delete(id);
      // The replies to the two are to go out first.
      queueMicrotask(() => data.connection.connect(upgrade, port, catchUp));
    }
    return data?.stream === stream ? receiverOf(data.connection) : DEAF;
  });
  void connection.serve(head);
}

function forwarded(stream: SpdyStream, pair: Pair): PortConnection {
  return new PortConnection({
    data: (bytes) => stream.write(bytes),
    closed: (trouble) => {
      if (trouble !== '') pair.error?.write(Buffer.from(trouble));
      pair.error?.end();
      stream.end();
    },
  });
}

function receiverOf(connection: PortConnection): SpdyReceiver {
  return { data: (bytes) => connection.hear(bytes), end: () => connection.endHearing(), closed: () => connection.destroy() };
}

const DEAF: SpdyReceiver = { data: () => undefined, end: () => undefined, closed: () => undefined };
