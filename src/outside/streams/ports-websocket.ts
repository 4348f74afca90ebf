import type { PortsUpgrade } from '../../kube-api/connecting/upgrade.ts';
import { channelsOf, onChannels, type ChannelSocket } from './channels.ts';
import { PortConnection } from './port-connection.ts';

/** The first of these that a client offers is spoken. */
export const PORTS_OVER_WEBSOCKET: readonly string[] = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

/**
 * Forwards one connection to each port that the request names: even channels carry data and odd ones errors, and each
 * begins with its port in two bytes, the lower first. Source: k8s.io/cri-streaming, portforward/websocket.go.
 */
export function servePortsOverWebSocket(channels: ChannelSocket, upgrade: PortsUpgrade, catchUp: () => void): void {
  const say = channelsOf(channels);
  const { socket } = channels;
  let open = upgrade.ports.length;
  const connections = upgrade.ports.map((port, nth) => {
    const [data, error] = [nth * 2, nth * 2 + 1];
    for (const channel of [data, error]) say(channel, Buffer.of(port & 0xff, port >> 8));
    let isOver = false;
    return new PortConnection({
      data: (bytes) => say(data, bytes),
      closed: (trouble) => {
        if (isOver) return;
        isOver = true;
        if (trouble !== '') say(error, Buffer.from(trouble));
        if (--open === 0) socket.close(1000);
      },
    });
  });
  onChannels(channels, (channel, content) => { if (channel % 2 === 0) connections[channel / 2]?.hear(content); });
  socket.on('close', () => { for (const one of connections) one.destroy(); });
  for (const [nth, one] of connections.entries()) one.connect(upgrade, upgrade.ports[nth] as number, catchUp);
}
