import { createHash } from 'node:crypto';
import { compareTexts } from '../time/text-order.ts';

/** Where pages for PagerDuty go, and with which keys: read from the environment, never from a file or an argument. */
export interface PagerDutySettings {
  readonly server: EventsServer;
  /** The key of the service that pages the whole pair through its own responders; null where only people have keys. */
  readonly shared: Channel | null;
  /** By seat in capitals with underscores: `RESPONDER_1`. */
  readonly bySeat: Readonly<Record<string, Channel>>;
}

/** `loopbackPort` is set where a double on this machine stands in for PagerDuty: plain HTTP, and nothing can leave. */
export interface EventsServer {
  readonly host: string;
  readonly loopbackPort: number | null;
}

/** One routing key. `fingerprint` tells keys and servers apart without telling the key: of 128 random bits nothing comes back out of a hash. */
export interface Channel {
  readonly routingKey: string;
  readonly fingerprint: string;
}

const KEY = 'GAMEDAY_PAGERDUTY_ROUTING_KEY';
const REGION = 'GAMEDAY_PAGERDUTY_REGION';
const URL_OF_DOUBLE = 'GAMEDAY_PAGERDUTY_URL';
const HOSTS: Readonly<Record<string, string>> = { us: 'events.pagerduty.com', eu: 'events.eu.pagerduty.com' };

/**
 * Reads
 * - `GAMEDAY_PAGERDUTY_ROUTING_KEY`: integration key (32 characters) of an Events API v2 integration. One event leaves
 *   per page; the service's own escalation policy should wake both of the pair at its first level.
 * - `GAMEDAY_PAGERDUTY_ROUTING_KEY_<SEAT>`, such as `..._RESPONDER_1`: that person's own service. They get an event of
 *   their own, and one's acknowledgement does not silence the other's phone. It goes before the shared key.
 * - `GAMEDAY_PAGERDUTY_REGION`: `us` (the default) or `eu`.
 * - `GAMEDAY_PAGERDUTY_URL`: `http://127.0.0.1:PORT` of a double, for rehearsing the pager itself; any other host is refused.
 *
 * `problem` is one sentence with its cure; it never holds a key.
 */
export function readPagerDutySettings(
  env: Readonly<Record<string, string | undefined>>,
): { readonly settings: PagerDutySettings } | { readonly problem: string } {
  const server = readServer(env);
  if ('problem' in server) return server;
  const bySeat: Record<string, Channel> = {};
  let shared: Channel | null = null;
  for (const name of Object.keys(env).toSorted(compareTexts)) {
    const value = env[name]?.trim() ?? '';
    if (value === '' || (name !== KEY && !name.startsWith(`${KEY}_`))) continue;
    if (!/^[\x21-\x7e]{32}$/.test(value)) {
      return { problem: `${name} does not look like a routing key: PagerDuty's have 32 characters without spaces, this has ${value.length}. Copy the Integration Key of an "Events API V2" integration.` };
    }
    const channel = { routingKey: value, fingerprint: fingerprint(value, server) };
    if (name === KEY) shared = channel;
    else bySeat[name.slice(KEY.length + 1)] = channel;
  }
  if (shared === null && Object.keys(bySeat).length === 0) {
    return { problem: `No PagerDuty routing key is set. Put the Integration Key of an "Events API V2" integration into the environment variable ${KEY}.` };
  }
  return { settings: { server, shared, bySeat } };
}

/** The channel that reaches a seat, and whether it is that seat's own; null where no key is set for it. */
export function channelFor(settings: PagerDutySettings, seat: string): { readonly channel: Channel; readonly own: boolean } | null {
  const own = settings.bySeat[seatVariable(seat)];
  if (own !== undefined) return { channel: own, own: true };
  return settings.shared === null ? null : { channel: settings.shared, own: false };
}

/** `responder-1` as it ends the name of an environment variable: `RESPONDER_1`. */
export function seatVariable(seat: string): string {
  return seat.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

/** All channels, for resolving what an earlier run left open. */
export function channelByFingerprint(settings: PagerDutySettings): ReadonlyMap<string, Channel> {
  const channels = [...(settings.shared === null ? [] : [settings.shared]), ...Object.values(settings.bySeat)];
  return new Map(channels.map((channel) => [channel.fingerprint, channel]));
}

function readServer(env: Readonly<Record<string, string | undefined>>): EventsServer | { readonly problem: string } {
  const double = env[URL_OF_DOUBLE]?.trim() ?? '';
  if (double !== '') return readDouble(double);
  const region = (env[REGION]?.trim() ?? '') || 'us';
  const host = Object.hasOwn(HOSTS, region) ? HOSTS[region] : undefined;
  if (host === undefined) return { problem: `${REGION} must be "us" or "eu".` };
  return { host, loopbackPort: null };
}

function readDouble(text: string): EventsServer | { readonly problem: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url !== null && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === null || url.protocol !== 'http:' || !loopback || url.port === '' || url.username !== '') {
    return { problem: `${URL_OF_DOUBLE} must be http://127.0.0.1:PORT, a double on this machine: real pages go to PagerDuty only. Unset it to page for real.` };
  }
  return { host: `${url.hostname}:${url.port}`, loopbackPort: Number(url.port) };
}

function fingerprint(routingKey: string, server: EventsServer): string {
  return createHash('sha256').update(`gameday\n${server.host}\n${routingKey}`).digest('hex').slice(0, 12);
}
