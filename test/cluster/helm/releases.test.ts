import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { gzipStored } from '../../../src/cluster/helm/gzip.ts';
import type { KubeObject } from '../../../src/cluster/objects.ts';
import { Drill } from '../../../src/drill/drill.ts';
import { theScenario } from '../../support/a-drill.ts';

/*
 * A real `helm list`, `history`, `get manifest` and `rollback`, of Helm 3.17 and 4.1, read what these Secrets hold; here
 * they are read as Helm does it: base64 of base64 of gzip of JSON.
 */

test('whatever is wrapped comes out of gzip as it was', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => gunzipSync(gzipStored(bytes)).equals(bytes)));
  const long = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251);
  expect(gunzipSync(gzipStored(long)).equals(long)).toBe(true);
});

interface Told {
  readonly version: number;
  readonly info: { readonly status: string; readonly description: string; readonly last_deployed: string };
  readonly chart: { readonly metadata: { readonly appVersion: string } };
  readonly manifest: string;
}

/** One bad deploy, whose catalog and storefront come from charts. */
function withCharts(): Drill {
  const scenario = theScenario('one-bad-deploy');
  const objects = scenario.cluster.objects.map((object): KubeObject =>
    object.kind === 'Deployment' && ['catalog', 'storefront'].includes(object.metadata.name)
      ? { ...object, metadata: { ...object.metadata, annotations: { 'meta.helm.sh/release-name': object.metadata.name, 'meta.helm.sh/release-namespace': 'shop' } } }
      : object,
  );
  return new Drill({ scenario: { ...scenario, cluster: { ...scenario.cluster, objects } }, seed: 7, seats: [], onFact: () => undefined });
}

function history(drill: Drill, release: string): Told[] {
  const secrets = drill.cluster.plane.store.list('Secret', 'shop').filter(({ metadata }) => metadata.labels?.['owner'] === 'helm' && metadata.labels['name'] === release);
  for (const { type, metadata } of secrets) expect([type, metadata.name]).toEqual(['helm.sh/release.v1', `sh.helm.release.v1.${release}.v${metadata.labels?.['version']}`]);
  const told = secrets.map(({ data, metadata }) => {
    const release1 = JSON.parse(gunzipSync(Buffer.from(atob(data?.['release'] ?? ''), 'base64')).toString('utf8')) as Told;
    expect(metadata.labels).toMatchObject({ status: release1.info.status, version: String(release1.version) });
    return release1;
  });
  return told.toSorted((one, other) => one.version - other.version);
}

test('the history of a release is that of the change log', () => {
  const drill = withCharts();
  drill.advance(60_000);
  expect(history(drill, 'catalog').map(({ version, info, chart }) => [version, info.status, info.description, chart.metadata.appVersion])).toEqual([
    [1, 'superseded', 'Install complete', '3.7.2'],
    [2, 'deployed', 'Upgrade complete', '3.7.3'],
  ]);
  expect(history(drill, 'catalog')[1]?.info.last_deployed).toBe('2026-03-03T14:02:15Z');
  expect(history(drill, 'storefront').map(({ chart }) => chart.metadata.appVersion)).toEqual(['4.1.0', '4.2.0']);
  expect(history(drill, 'search')).toEqual([]);
});

test('each revision holds the manifest that a rollback applies, without what the server wrote', () => {
  const drill = withCharts();
  drill.advance(60_000);
  const [first] = history(drill, 'catalog');
  const manifest = JSON.parse(first?.manifest.split('\n').slice(2).join('\n') ?? '') as { readonly metadata: object; readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } } } };
  expect(manifest.spec.template.spec.containers[0]?.image).toBe('registry.webshop.example/catalog:3.7.2');
  expect(Object.keys(manifest.metadata).toSorted((one, other) => (one < other ? -1 : 1))).toEqual(['labels', 'name', 'namespace']);
  expect(manifest).not.toHaveProperty('status');
});
