import { describe, expect, test } from 'vitest';
import type { CustomKind } from '../../../src/cluster/custom-kind.ts';
import { AUTHORIZATION_POLICY, DATAPLANE_MODE, DESTINATION_RULE, PEER_AUTHENTICATION, VIRTUAL_SERVICE } from '../../../src/cluster/mesh/mesh-kinds.ts';
import type { Way } from '../../../src/cluster/traffic/ways.ts';
import type { Night } from '../../support/a-drill.ts';
import { aLabDay } from '../../support/fault-lab.ts';

/** A day with objects of the mesh in it, half a minute later. */
function aDayWith(...objects: readonly (readonly [kind: CustomKind, namespace: string, spec: object])[]): Night {
  const day = aLabDay().until('10s');
  objects.forEach(([kind, namespace, spec], nth) => {
    const made = day.drill.cluster.api.create({ apiVersion: `${kind.includes('security') ? 'security' : 'networking'}.istio.io/v1`, kind, metadata: { name: `rule-${nth}`, namespace }, spec });
    expect(made.ok ? null : made.status.message).toBe(null);
  });
  return day.until('40s');
}

/** What lies between a workload and a Service that it calls. */
function wayOf(day: Night, workload: string, service: string): Way {
  const pod = day.drill.cluster.traffic.flow.layout.pods.find(({ workloadKey }) => workloadKey === workload);
  const op = pod?.variant.routes.flatMap(({ ops }) => ops).find(({ target }) => target === service);
  if (op === undefined) throw new Error(`no way ${workload} → ${service}`);
  return op.way;
}

const TARIFFS = { selector: { matchLabels: { app: 'tariffs' } } };
const fromShop = { rules: [{ from: [{ source: { namespaces: ['shop'] } }] }] };

describe('an AuthorizationPolicy', () => {
  test('that allows some allows nobody else', () => {
    const day = aDayWith([AUTHORIZATION_POLICY, 'shop', { ...TARIFFS, ...fromShop }]);
    expect(wayOf(day, 'shop/pricing', 'shop/tariffs')).toMatchObject({ errors: 0 });
    expect(wayOf(day, 'finance/payouts', 'shop/tariffs')).toMatchObject({ errors: 1, says: 'unexpected status 403: RBAC: access denied' });
  });

  test('that denies wins over one that allows', () => {
    const deny = { ...TARIFFS, action: 'DENY', rules: [{ to: [{ operation: { paths: ['/lookup*'], methods: ['GET'] } }] }] };
    expect(wayOf(aDayWith([AUTHORIZATION_POLICY, 'shop', { ...TARIFFS, ...fromShop }], [AUTHORIZATION_POLICY, 'shop', deny]), 'shop/pricing', 'shop/tariffs').errors).toBe(1);
  });

  test('without rules allows nobody, and of another path, port or workload says nothing', () => {
    expect(wayOf(aDayWith([AUTHORIZATION_POLICY, 'shop', { ...TARIFFS }]), 'shop/pricing', 'shop/tariffs').errors).toBe(1);
    const others = [{ ...TARIFFS, action: 'DENY', rules: [{ to: [{ operation: { paths: ['/admin'] } }] }] }, { ...TARIFFS, action: 'DENY', rules: [{ to: [{ operation: { ports: ['9999'] } }] }] }, { selector: { matchLabels: { app: 'cart' } }, action: 'DENY', rules: [{}] }];
    expect(wayOf(aDayWith(...others.map((spec) => [AUTHORIZATION_POLICY, 'shop', spec] as const)), 'shop/pricing', 'shop/tariffs').errors).toBe(0);
  });

  test('knows callers by blocks of addresses, and nobody by what is none', () => {
    const of = (...ipBlocks: readonly string[]): Night => aDayWith([AUTHORIZATION_POLICY, 'shop', { ...TARIFFS, rules: [{ from: [{ source: { ipBlocks } }] }] }]);
    expect(wayOf(of('0.0.0.0/0'), 'shop/pricing', 'shop/tariffs').errors).toBe(0);
    expect(wayOf(of('10.0.0.0/64', '10.0.0.0/-999999999999'), 'shop/pricing', 'shop/tariffs').errors).toBe(1);
  });

  test('knows no principal of a caller that has left the mesh', () => {
    const day = aDayWith([AUTHORIZATION_POLICY, 'shop', { ...TARIFFS, rules: [{ from: [{ source: { principals: ['cluster.local/ns/finance/sa/default', 'cluster.local/ns/shop/*'] } }] }] }]);
    expect(wayOf(day, 'finance/payouts', 'shop/tariffs').errors).toBe(0);
    day.types(`kubectl label namespace finance ${DATAPLANE_MODE}=none --overwrite`);
    day.until('1m');
    expect(wayOf(day, 'finance/payouts', 'shop/tariffs').errors).toBe(1);
    expect(wayOf(day, 'shop/pricing', 'shop/tariffs').errors).toBe(0);
  });
});

describe('mutual TLS', () => {
  const strict = [PEER_AUTHENTICATION, 'shop', { mtls: { mode: 'STRICT' } }] as const;

  test('that is demanded of all lets those in who speak it, and a narrower rule wins', () => {
    const day = aDayWith(strict);
    day.types(`kubectl label namespace finance ${DATAPLANE_MODE}=none --overwrite`);
    day.until('1m');
    expect(wayOf(day, 'shop/pricing', 'shop/tariffs').errors).toBe(0);
    expect(wayOf(day, 'finance/payouts', 'shop/tariffs')).toMatchObject({ errors: 1, says: 'read: connection reset by peer' });
    const { ok } = day.drill.cluster.api.create({ apiVersion: 'security.istio.io/v1', kind: PEER_AUTHENTICATION, metadata: { name: 'tariffs', namespace: 'shop' }, spec: { ...TARIFFS, mtls: { mode: 'PERMISSIVE' } } });
    expect(ok).toBe(true);
    day.until('90s');
    expect(wayOf(day, 'finance/payouts', 'shop/tariffs').errors).toBe(0);
  });

  test('that a DestinationRule switches off for its callers ends in terminated connections', () => {
    const day = aDayWith(strict, [DESTINATION_RULE, 'shop', { host: 'tariffs.shop.svc.cluster.local', trafficPolicy: { tls: { mode: 'DISABLE' } } }]);
    expect(wayOf(day, 'shop/pricing', 'shop/tariffs').says).toContain('upstream connect error or disconnect/reset before headers. reset reason: connection termination');
  });
});

describe('a VirtualService', () => {
  test('aborts and delays as many calls as it says', () => {
    const http = [{ fault: { abort: { httpStatus: 503, percentage: { value: 40 } }, delay: { fixedDelay: '2s', percentage: { value: 10 } } }, route: [{ destination: { host: 'tariffs' } }] }];
    const way = wayOf(aDayWith([VIRTUAL_SERVICE, 'shop', { hosts: ['tariffs'], http }]), 'shop/pricing', 'shop/tariffs');
    expect(way).toMatchObject({ says: 'unexpected status 503: fault filter abort', ms: 200 });
    expect(way.errors).toBeCloseTo(0.4);
  });
});

test('what nobody checked in the objects of a mesh breaks nothing', () => {
  const odd = { toString: 1 };
  const day = aDayWith(
    [AUTHORIZATION_POLICY, 'shop', { selector: 'x', targetRefs: [null, { kind: 'Service', name: odd }], rules: [null, 'x', { from: [null], to: [7], when: [null, { key: odd, values: [odd] }] }] }],
    [AUTHORIZATION_POLICY, 'shop', null as unknown as object],
    [PEER_AUTHENTICATION, 'shop', { mtls: ['STRICT'] }],
    [DESTINATION_RULE, 'shop', { host: odd, trafficPolicy: 5 }],
    [VIRTUAL_SERVICE, 'shop', { hosts: [null, 'tariffs'], http: [null, { match: [null], fault: { abort: { percentage: { value: 'half' }, httpStatus: odd }, delay: { percent: odd, fixedDelay: '-5s' } } }] }],
  );
  const way = wayOf(day, 'shop/pricing', 'shop/tariffs');
  expect([way.errors, way.ms].every(Number.isFinite)).toBe(true);
});
