import type { Duplex } from 'node:stream';
import type { ProcessUpgrade } from '../../kube-api/connecting/upgrade.ts';
import type { ProcessSession } from './process-session.ts';
import { SpdyConnection, type SpdyReceiver, type SpdyStream } from './spdy-connection.ts';

/** The only version of the protocol that clients since Kubernetes 1.4 speak over SPDY. */
export const PROCESS_OVER_SPDY = 'v4.channel.k8s.io';

/** So long may a client take to open its streams. */
const LONGEST_OPENING_MS = 30_000;

/** Resizes are small; what comes without an end to the line is not kept beyond this. */
const LONGEST_RESIZE = 4096;

/**
 * Connects a process over SPDY: the client opens one stream for each of `error`, `stdin`, `stdout`, `stderr` and
 * `resize` that it wants, and the process is heard when all have come. Source: staging/src/k8s.io/cri-streaming.
 */
export function serveProcessOverSpdy(wire: Duplex, head: Buffer, { streams }: ProcessUpgrade, session: ProcessSession): void {
  const wanted = ['error', ...(streams.stdin ? ['stdin'] : []), ...(streams.stdout ? ['stdout'] : []), ...(streams.stderr ? ['stderr'] : []), ...(streams.tty ? ['resize'] : [])];
  const open = new Map<string, SpdyStream>();
  const connection = new SpdyConnection(wire, (stream) => {
    const type = stream.headers.get('streamtype') ?? '';
    if (!wanted.includes(type) || open.has(type)) return null;
    open.set(type, stream);
    // The reply to the last one is to go out first.
    if (open.size === wanted.length) queueMicrotask(() => connect());
    return receiverOf(type, session);
  });
  const tooLate = setTimeout(() => wire.destroy(), LONGEST_OPENING_MS).unref();
  const connect = (): void => {
    clearTimeout(tooLate);
    session.connect({
      stdout: (bytes) => open.get('stdout')?.write(bytes),
      stderr: (bytes) => open.get('stderr')?.write(bytes),
      ended: (status) => {
        open.get('error')?.write(Buffer.from(JSON.stringify(status)));
        for (const stream of open.values()) stream.end();
        connection.close();
      },
    });
  };
  void connection.serve(head).then(() => {
    clearTimeout(tooLate);
    session.hangUp();
  });
}

function receiverOf(type: string, session: ProcessSession): SpdyReceiver {
  const nothing = (): void => undefined;
  switch (type) {
    case 'stdin':
      return { data: (bytes) => session.input(bytes), end: () => session.endInput(), closed: nothing };
    case 'resize': {
      let line = '';
      return {
        data: (bytes) => {
          line += bytes.toString();
          for (let end = line.indexOf('\n'); end >= 0; end = line.indexOf('\n')) {
            session.resize(line.slice(0, end));
            line = line.slice(end + 1);
          }
          if (line.length > LONGEST_RESIZE) line = '';
        },
        end: nothing, closed: nothing,
      };
    }
    default:
      return { data: nothing, end: nothing, closed: nothing };
  }
}
