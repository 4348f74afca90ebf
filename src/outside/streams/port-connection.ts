import { Duplex } from 'node:stream';
import type { PortsUpgrade } from '../../kube-api/connecting/upgrade.ts';
import { servePodHttp } from './pod-http.ts';

/** So much of what a client says may wait to be read. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;

/** The client's side of a forwarded connection. */
export interface PortClient {
  data(bytes: Uint8Array): void;
  /** The connection is over; `trouble` is empty where nothing went wrong. */
  closed(trouble: string): void;
}

/** One forwarded connection, seen from the pod: what the client says is read from it, and what is written to it the client hears. */
export class PortConnection extends Duplex {
  readonly #client: PortClient;

  constructor(client: PortClient) {
    super({ allowHalfOpen: true });
    this.#client = client;
    this.on('error', () => undefined);
  }

  /** Connects it to a port, or tells the client that nothing listens there. `catchUp` brings simulated time to now. */
  connect({ processes, target, sandboxId }: PortsUpgrade, port: number, catchUp: () => void): void {
    catchUp();
    const listener = processes.listener(target, port);
    if (listener === null) {
      this.#client.closed(refusedBy(sandboxId, port));
      this.destroy();
    } else if (listener === 'http') {
      servePodHttp(this, (request, respond) => {
        catchUp();
        processes.request(target, port, request, respond);
      });
    } else {
      // What speaks no HTTP takes the connection, and what is said on it, and keeps its silence.
      this.resume().on('end', () => this.end());
    }
  }

  hear(bytes: Uint8Array): void {
    if (this.destroyed || this.readableEnded) return;
    if (this.readableLength + bytes.length > MOST_UNREAD_BYTES) this.destroy();
    else this.push(bytes);
  }

  endHearing(): void {
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {
    // What comes is pushed when it comes.
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.#client.data(chunk);
    done();
  }

  /** The pod has said all: nobody hears what else the client says. */
  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#client.closed('');
    done(error);
  }
}

/** As the kubelet passes on what containerd says. */
function refusedBy(id: string, port: number): string {
  const space = `/var/run/netns/cni-${[id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)].join('-')}`;
  return `error forwarding port ${port} to pod ${id}, uid : failed to execute portforward in network namespace "${space}": failed to connect to localhost:${port} inside namespace "${id}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6 [::1]:${port}: connect: connection refused `;
}
