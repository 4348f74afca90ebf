import { describe, expect, test } from 'vitest';
import { channelFor, readPagerDutySettings } from '../../src/outside/pagerduty-settings.ts';

const KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';

function fingerprintOf(key: string): string {
  const read = readPagerDutySettings({ GAMEDAY_PAGERDUTY_ROUTING_KEY: key });
  return 'problem' in read ? '' : (read.settings.shared?.fingerprint ?? '');
}

describe('the PagerDuty settings', () => {
  test('come from the environment: one key for the pair, or one for a seat', () => {
    const read = readPagerDutySettings({ GAMEDAY_PAGERDUTY_ROUTING_KEY: KEY, GAMEDAY_PAGERDUTY_ROUTING_KEY_RESPONDER_2: 'b'.repeat(32) });
    if ('problem' in read) throw new Error(read.problem);
    expect(read.settings.server).toEqual({ host: 'events.pagerduty.com', loopbackPort: null });
    expect(channelFor(read.settings, 'responder-1')).toMatchObject({ own: false, channel: { routingKey: KEY } });
    expect(channelFor(read.settings, 'responder-2')).toMatchObject({ own: true, channel: { routingKey: 'b'.repeat(32) } });
  });

  const refused: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{}, /No PagerDuty routing key is set/],
    [{ GAMEDAY_PAGERDUTY_ROUTING_KEY: 'short-secret' }, /GAMEDAY_PAGERDUTY_ROUTING_KEY does not look like a routing key: .* this has 12/],
    [{ GAMEDAY_PAGERDUTY_ROUTING_KEY: KEY, GAMEDAY_PAGERDUTY_REGION: 'mars' }, /must be "us" or "eu"/],
    ...['http://evil.example:80', 'https://127.0.0.1:1', 'http://127.0.0.1', 'http://127.0.0.1.evil.example:99', 'http://a@127.0.0.1:9', 'nonsense'].map(
      (url) => [{ GAMEDAY_PAGERDUTY_ROUTING_KEY: KEY, GAMEDAY_PAGERDUTY_URL: url }, /must be http:\/\/127\.0\.0\.1:PORT/] as const,
    ),
  ];

  test.each(refused)('%j is refused in a sentence without the key', (env, sentence) => {
    const read = readPagerDutySettings(env);
    if (!('problem' in read)) throw new Error('taken');
    expect(read.problem).toMatch(sentence);
    expect(read.problem).not.toContain(KEY);
    expect(read.problem).not.toContain('short-secret');
  });

  test('a fingerprint tells keys apart and holds none', () => {
    expect(fingerprintOf(KEY)).toMatch(/^[0-9a-f]{12}$/);
    expect(fingerprintOf(KEY)).not.toBe(fingerprintOf('b'.repeat(32)));
  });
});
