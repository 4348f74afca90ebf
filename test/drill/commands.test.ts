import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aDrill, type Night } from '../support/a-drill.ts';

describe('every refusal is a sentence that says what to do', () => {
  const refused = (night: Night, lines: readonly string[]): void => {
    for (const line of lines) {
      const sentence = night.refusal(line);
      expect(sentence, line).toMatch(/^[A-Z/@a-z].{8,}$/s);
      expect(sentence, line).not.toMatch(/undefined|null|NaN|\[object|Error:|\bat .*\.ts/);
    }
  };

  test('before anything is paged', () => {
    refused(aDrill('slow-site').until('1m'), ['', '   ', '/ack', '/claim', '/resolve', '/undo', '/confirm']);
  });

  test('where words are missing or wrong', () => {
    refused(aDrill('slow-site').untilPaged(), [
      '/nonsense', '/ak', '/ack P9', '/hyp', '/hyp H9 confirmed', '/plan', '/role', '/update', '/can only one part', '/ticket', '/handoff', '/flag NOSUCH on', '/flag ADDRESS_CHECK',
      '/flag ADDRESS_CHECK on', 'dash nosuch', 'logs', 'logs nosuch', 'trace', 'trace nosuch', 'trace storefront nosuch', 'curl', '@nobody hello', '/help nosuch', 'kubetcl get pods',
    ]);
  });

  test('of whatever people type, never an exception', () => {
    const night = aDrill('slow-site').untilPaged();
    const words = fc.constantFrom('kubectl', 'get', 'pods', '/ack', '/hyp', 'dash', 'logs', '-n', 'shop', '--', '|', 'grep', '"', "'", '-o', 'jsonpath={.x', '/flag', '@Ben', '$(x)', '*', 'postgres', '0', '-l', 'a=b,,', '--tail=-1', 'checkout', '\u0000', '🎲');
    fc.assert(
      fc.property(fc.oneof(fc.array(words, { maxLength: 7 }).map((parts) => parts.join(' ')), fc.string({ maxLength: 60 })), (line) => {
        const block = night.drill.command('responder-1', line);
        expect(['ok', 'failed', 'refused']).toContain(block.status);
        expect(block.text.join('\n')).not.toMatch(/undefined|\[object Object\]|TypeError/);
        if (block.status === 'refused') expect(block.text.join('').length).toBeGreaterThan(8);
        night.drill.complete('responder-2', line);
      }),
      { numRuns: 400 },
    );
  });
});

describe('every command does what its help says', () => {
  test('help lists them all, each with its usage and a sentence', () => {
    const night = aDrill('slow-site');
    const { commands } = night.drill.screen('responder-1');
    const help = night.types('/help').text.join('\n');
    for (const { name, usage, summary } of commands) {
      expect(usage.startsWith(name)).toBe(true);
      expect(summary).toMatch(/[.?]$/);
      expect(help).toContain(summary);
      expect(night.types(`/help ${name}`).text.join('\n')).toContain(usage);
    }
  });

  test('what is disabled refuses with the reason that help gives', () => {
    const night = aDrill('slow-site').until('1m');
    const disabled = night.drill.screen('responder-1').commands.filter((command) => command.disabled !== null);
    expect(disabled.map(({ name }) => name).toSorted((one, other) => (one < other ? -1 : 1))).toEqual(['/ack', '/claim', '/confirm', '/hint', '/resolve', '/undo']);
    for (const { name, disabled: why } of disabled) expect(night.refusal(name)).toBe(why);
  });

  test('an incident from the first page to the handover', () => {
    const night = aDrill('slow-site').untilPaged();
    night.types('/ack');
    night.types('/claim');
    night.types('/role Lead');
    night.types('/role communications', 'responder-2');
    night.types('/hyp the database is slow');
    night.types('/hyp the partner hangs');
    night.types('/hyp H1 rejected');
    night.types('/plan switch the check off, then watch p95');
    night.types('/flag address-check off');
    night.types('/can pages slow; check off; watch p95');
    night.types('/update We are on it.', 'responder-2');
    night.types('/ticket Developers a connection is held');
    night.types('/verify');
    night.types('/handoff the check is off');
    night.types('@Ben: can you look at the database?');
    night.expectTimeline([
      'Ana page-acknowledged P1', 'Ana claimed', 'Ana role-taken lead', 'Ben role-taken communications', 'Ana hypothesis-stated H1 the database is slow', 'Ana hypothesis-stated H2 the partner hangs',
      'Ana hypothesis-settled H1 rejected', 'Ana plan-stated switch the check off', 'Ana flag-flipped ADDRESS_CHECK on to off', 'Ana update-posted team: Conditions: pages slow. Actions: check off. Needs: watch p95.',
      'Ben update-posted stakeholders: We are on it.', 'Ana ticket-filed developers: a connection is held', 'Ana verified', 'Ana handed-off the check is off', 'Ana said @Ben can you look at the database?',
    ]);
    expect(night.drill.screen('responder-2').incident).toMatchObject({ lead: 'Ana', plan: 'switch the check off, then watch p95', tickets: [{ to: 'developers' }] });
  });

  test('/undo takes back one thing after the other, the newest first, whoever did it', () => {
    const night = aDrill('slow-site').until('30s');
    night.types('kubectl -n shop scale deploy cart --replicas=4');
    night.types('/flag RECOMMENDATIONS off', 'responder-2');
    night.types('kubectl -n shop set env deploy/search LOG_LEVEL=debug');
    const image = (): unknown => night.drill.cluster.plane.store.get('Deployment', 'shop', 'search')?.spec?.template.spec?.containers[0]?.env?.find(({ name }) => name === 'LOG_LEVEL')?.value;
    expect(image()).toBe('debug');
    night.types('/undo', 'responder-2');
    expect(image()).toBe('info');
    night.types('/undo');
    expect(night.drill.cluster.flags().find(({ name }) => name === 'RECOMMENDATIONS')?.value).toBe('on');
    night.types('/undo');
    expect(night.drill.cluster.plane.store.get('Deployment', 'shop', 'cart')?.spec?.replicas).toBe(2);
    expect(night.refusal('/undo')).toBe('There is nothing to undo.');
  });

  test('hints are written down with the name of who asked, and end', () => {
    const night = aDrill('slow-site').untilPaged();
    for (let nth = 0; nth < 4; nth++) night.types('/hint');
    expect(night.refusal('/hint')).toBe('There are no more hints.');
    expect(night.facts('hint-given').map(({ seat }) => seat)).toEqual(['responder-1', 'responder-1', 'responder-1', 'responder-1']);
  });

  test('what responders change stands in the change log under their names', () => {
    const night = aDrill('slow-site').until('30s');
    night.types('kubectl -n shop scale deploy cart --replicas=4');
    night.types('/flag RECOMMENDATIONS off', 'responder-2');
    const log = night.types('changes').text;
    expect(log.at(-2)).toMatch(/Ana\s+deployments\/cart: kubectl -n shop scale deploy cart --replicas=4$/);
    expect(log.at(-1)).toMatch(/Ben\s+flag RECOMMENDATIONS on to off$/);
  });
});

test('a drill that is over takes no more commands', () => {
  const night = aDrill('one-bad-deploy').until('3h');
  expect(night.drill.ended).toBe(true);
  expect(night.refusal('changes')).toBe('The drill is over.');
});
