import type { RawData, WebSocket } from 'ws';

/** Somebody who does not read for so long that this much waits is let go. */
const MOST_WAITING_BYTES = 64 * 1024 * 1024;
const MESSAGE_BYTES = 32 * 1024;

/** A WebSocket and the subprotocol that was agreed on; empty where the client offered none. */
export interface ChannelSocket {
  readonly socket: WebSocket;
  readonly protocol: string;
}

/**
 * Says bytes on a numbered channel of a WebSocket: with the number as the first byte, or, for clients that cannot take
 * bytes, as the first digit of a text whose rest is base64. Source: k8s.io/apimachinery, pkg/util/httpstream/wsstream.
 */
export function channelsOf({ socket, protocol }: ChannelSocket): (channel: number, bytes: Uint8Array) => void {
  const asText = isText(protocol);
  const send = (channel: number, bytes: Uint8Array): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (asText) socket.send(`${channel}${Buffer.from(bytes).toString('base64')}`);
    else socket.send(Buffer.concat([Buffer.of(channel), bytes]));
    if (socket.bufferedAmount > MOST_WAITING_BYTES) socket.terminate();
  };
  return (channel, bytes) => {
    if (bytes.length === 0) return send(channel, bytes);
    for (let from = 0; from < bytes.length; from += MESSAGE_BYTES) send(channel, bytes.subarray(from, from + MESSAGE_BYTES));
  };
}

/** Hears each message as its channel's number and its content. */
export function onChannels({ socket, protocol }: ChannelSocket, hear: (channel: number, content: Buffer) => void): void {
  const asText = isText(protocol);
  socket.on('message', (data: RawData) => {
    const raw = data as Buffer; // as `binaryType` says where nobody set it
    if (raw.length === 0) return;
    if (!asText) return hear(raw[0] as number, raw.subarray(1));
    hear((raw[0] as number) - DIGIT_0, Buffer.from(raw.toString('latin1', 1), 'base64'));
  });
}

const DIGIT_0 = 0x30;

function isText(protocol: string): boolean {
  return protocol.includes('base64.');
}
