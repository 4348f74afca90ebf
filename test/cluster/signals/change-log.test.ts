import { describe, expect, test } from 'vitest';
import { issuedCertificate, issuedKey } from '../../../src/cluster/certificates/issued.ts';
import { applyChange } from '../../../src/drill/changes.ts';
import { buildChange } from '../../../src/scenario/build/change.ts';
import { ClusterNames } from '../../../src/scenario/cluster-names.ts';
import { aCalmDay, aDrill, type Night } from '../../support/a-drill.ts';

/** Does a change as an author writes it, now, and returns what one reads who opens its entry. */
function change(day: Night, who: string, what: string): readonly string[] {
  const { cluster, scenario } = day.drill;
  return applyChange(cluster, buildChange({ at: '0s', who, what, cause: false }, new ClusterNames(scenario.cluster.objects, null)));
}

describe('a change that is opened', () => {
  test('of Terraform reads as its plan does', () => {
    expect(change(aCalmDay().until('1m'), 'terraform', 'deployment/cart 2 to 14 replicas')).toEqual([
      '  # kubernetes_deployment_v1.cart will be updated in-place',
      '  ~ resource "kubernetes_deployment_v1" "cart" {',
      '        id = "shop/cart"',
      '      ~ spec {',
      '          ~ replicas = 2 -> 14',
      expect.stringMatching(/^ {12}# \(\d+ unchanged attributes hidden\)$/),
      expect.stringMatching(/^ {12}# \(\d+ unchanged blocks hidden\)$/),
      '        }',
      '        # (1 unchanged block hidden)',
      '    }',
      '',
      'Apply complete! Resources: 0 added, 1 changed, 0 destroyed.',
    ]);
  });

  test('of a pipeline shows which image of which container is another', () => {
    const lines = change(aCalmDay().until('1m'), 'pipeline', 'deployment/search 2.8.1 to 2.8.0').join('\n');
    expect(lines).toContain('~ container {');
    expect(lines).toContain('~ image = "registry.webshop.example/search:2.8.1" -> "registry.webshop.example/search:2.8.0"');
  });

  test('that is only planned says what would be done, and does nothing', () => {
    const day = aCalmDay().until('1m');
    expect(change(day, 'terraform', 'plan deployment/cart 2 to 14 replicas').at(-1)).toBe('Plan: 0 to add, 1 to change, 0 to destroy.');
    expect(day.drill.cluster.plane.store.get('Deployment', 'shop', 'cart')?.spec?.replicas).toBe(2);
  });
});

describe('drift', () => {
  const notes = (day: Night): string[] => day.drill.cluster.changes.entries.filter(({ who, what }) => who === 'terraform' && what.startsWith('drift: ')).map(({ what }) => what);

  test('is what somebody changed past the code, stands in the log after the next run, and ends with what it was', () => {
    const day = aCalmDay().until('1m');
    expect(day.types('changes drift').text).toEqual(['No changes. Your infrastructure still matches the configuration.']);
    day.types('kubectl -n shop patch configmap shop-flags -p \'{"data":{"EXPRESS_SHIPPING":"off"}}\'');
    expect(day.types('changes drift').text).toEqual([
      'Note: Objects have changed outside of Terraform',
      '',
      '  # kubernetes_config_map_v1.shop_flags has changed',
      '  ~ resource "kubernetes_config_map_v1" "shop_flags" {',
      '        id = "shop/shop-flags"',
      '      ~ data = {',
      '          ~ "EXPRESS_SHIPPING" = "on" -> "off"',
      '            # (2 unchanged elements hidden)',
      '        }',
      '        # (1 unchanged block hidden)',
      '    }',
    ]);
    expect(notes(day.until('4m'))).toEqual(['drift: configmap/shop-flags differs from the code']);
    expect(day.types('changes drift: configmap/shop-flags').text).toContain('          ~ "EXPRESS_SHIPPING" = "on" -> "off"');
    day.types('/flag EXPRESS_SHIPPING on');
    expect(notes(day.until('14m')).slice(1)).toEqual(['drift: none is left']);
  });

  test('is what is gone, too', () => {
    const day = aCalmDay().until('1m');
    day.types('kubectl -n shop delete service email');
    expect(day.types('changes drift').text.slice(2, 4)).toEqual(['  # kubernetes_service_v1.email has been deleted', '  - resource "kubernetes_service_v1" "email" {']);
  });

  test('is nothing that pipelines do, whether rightly or by mistake', () => {
    const day = aDrill('last-connections').until('4m');
    expect(day.drill.cluster.changes.entries.some(({ what }) => what.startsWith('deployment/cart'))).toBe(true);
    expect(day.types('changes drift').text).toHaveLength(1);
    day.drill.cluster.beginFault('wrong-selector', 'shop/email', { label: 'app', value: 'mail' });
    expect(day.types('changes drift').text).toHaveLength(1);
    expect(day.drill.cluster.changes.entries.at(-1)?.details?.join('\n')).toContain('# kubernetes_service_v1.email will be updated in-place');
  });

  test('is what a person does by mistake', () => {
    const day = aCalmDay().until('1m');
    day.drill.cluster.beginFault('wrong-selector', 'shop/email', { label: 'app', value: 'mail', who: 'mira' });
    expect(day.types('changes drift').text.join('\n')).toContain('"app" = "email" -> "mail"');
    expect(day.drill.cluster.changes.entries.at(-1)?.details).toBeUndefined();
  });
});

test('flags are told with their last switching and who did it', () => {
  const day = aDrill('one-bad-deploy').until('2m');
  day.types('/flag RECOMMENDATIONS off', 'responder-2');
  day.wait('3m');
  const text = day.types('changes flags').text;
  expect(text[0]).toMatch(/^FLAG +VALUE +IN +LAST SWITCHED$/);
  expect(text.find((line) => line.startsWith('EXPRESS'))).toMatch(/on +configmap\/shop-flags +3m ago, off to on, by mira$/);
  expect(text.find((line) => line.startsWith('RECOMM'))).toMatch(/off +configmap\/shop-flags +3m ago, on to off, by Ben$/);
  expect(text.find((line) => line.startsWith('ADDRESS'))).toMatch(/on +configmap\/shop-flags$/);
});

describe('certificates', () => {
  const notes = (day: Night): string[] => day.drill.cluster.changes.entries.filter(({ who }) => who === 'certificates').map(({ what }) => what);
  const DAY = 86_400_000;

  function put(day: Night, days: number): void {
    const { api, plane: { clock } } = day.drill.cluster;
    const nowMs = clock.unixMs(clock.nowMs);
    const data = { 'tls.crt': btoa(issuedCertificate({ subject: 'shop.example', issuer: 'Example CA', names: ['shop.example'], notBeforeMs: nowMs - DAY, notAfterMs: nowMs + days * DAY })), 'tls.key': btoa(issuedKey()) };
    const ref = { kind: 'Secret', namespace: 'shop', name: 'front-tls' } as const;
    if (api.patch(ref, { type: 'merge', body: { data } }).ok) return;
    api.create({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'front-tls', namespace: 'shop' }, data });
  }

  test('that end soon are spoken of, once, and their renewal stands in the change log', () => {
    const day = aCalmDay().until('1m');
    put(day, 6);
    expect(notes(day.until('2h'))).toEqual(['secret/front-tls: certificate ends in 5 days']);
    expect(day.types('changes certificates').text[1]).toMatch(/^shop\/front-tls +in 5d +1d ago +Example CA +shop\.example$/);
    put(day, 90);
    expect(notes(day).at(-1)).toMatch(/^secret\/front-tls: certificate renewed, good until 20\d\d-/);
    expect(day.types('changes certificates').text[1]).toMatch(/in 90d/);
  });

  test('with months to go are nobody\'s business', () => {
    const day = aCalmDay().until('1m');
    put(day, 60);
    expect(notes(day.until('2h'))).toEqual([]);
  });
});
