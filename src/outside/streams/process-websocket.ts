import type { Started } from '../../cluster/processes.ts';
import type { ProcessUpgrade } from '../../kube-api/connecting/upgrade.ts';
import { channelsOf, onChannels, type ChannelSocket } from './channels.ts';
import { internalError, type ProcessSession } from './process-session.ts';

/** The subprotocol in which a client may end its input, and hears of refusals on a channel. */
export const CLOSES_CHANNELS = 'v5.channel.k8s.io';

/** Newest first: the first of these that a client offers is spoken. */
export const PROCESS_OVER_WEBSOCKET: readonly string[] = [CLOSES_CHANNELS, 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'channel.k8s.io', 'base64.channel.k8s.io'];

const [STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE] = [0, 1, 2, 3, 4, 255] as const;

/**
 * Connects a process over a WebSocket: the first byte of each message says which stream it belongs to. In the fifth
 * version, 255 and a channel's number says that nothing more comes on it. Source: k8s.io/cri-streaming, websocket.go.
 * `refusal`: with that version the client is let in even where there is nothing to start, and hears of it then.
 */
export function serveProcessOverWebSocket(channels: ChannelSocket, { streams }: ProcessUpgrade, session: ProcessSession, refusal: Extract<Started, { ok: false }> | null): void {
  const { socket, protocol } = channels;
  const say = channelsOf(channels);
  const asJson = /^v[45]\./.test(protocol);
  const ended = (status: object): void => {
    const failed = (status as { readonly status?: string }).status !== 'Success';
    // The first version says in words what went wrong, and nothing where nothing did.
    if (asJson) say(ERROR, Buffer.from(JSON.stringify(status)));
    else if (failed) say(ERROR, Buffer.from((status as { readonly message: string }).message));
    socket.close(1000);
  };
  onChannels(channels, (channel, content) => {
    if (channel === STDIN && streams.stdin) session.input(content);
    else if (channel === RESIZE) session.resize(content.toString());
    else if (channel === CLOSE && protocol === CLOSES_CHANNELS && content[0] === STDIN) session.endInput();
  });
  socket.on('close', () => session.hangUp());
  // An empty message tells the client that it is connected.
  say(streams.stdout ? STDOUT : streams.stderr ? STDERR : ERROR, new Uint8Array());
  if (refusal === null) session.connect({ stdout: (bytes) => say(STDOUT, bytes), stderr: (bytes) => say(STDERR, bytes), ended });
  else ended(internalError(`unable to upgrade connection: ${refusal.message}`));
}
