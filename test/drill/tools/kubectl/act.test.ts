import { describe, expect, it } from 'vitest';
import type { KindMap } from '../../../../src/cluster/objects.ts';
import { inversePatch } from '../../../../src/drill/tools/kubectl/act/patch.ts';
import type { KubectlWrite } from '../../../../src/drill/tools/kubectl/context.ts';
import { runKubectl } from '../../../../src/drill/tools/kubectl/kubectl.ts';
import { AShop } from './a-shop.ts';

function deployment(shop: AShop, name: string): KindMap['Deployment'] {
  const got = shop.plane.api.get('Deployment', 'shop', name);
  if (!got.ok) throw new Error(got.status.message);
  return got.object;
}

describe('what a write does, and the line that takes it back', () => {
  it.each([
    ['scale deploy/checkout --replicas=5', 'deployment.apps/checkout scaled', 'kubectl -n shop scale deployment/checkout --replicas=2'],
    ['set env deploy/checkout ADDRESS_CHECK=off', 'deployment.apps/checkout env updated', 'kubectl -n shop set env deployment/checkout ADDRESS_CHECK=on'],
    ['set env deployment checkout TRACE=1 POOL_SIZE- ADDRESS_CHECK=a=b', 'deployment.apps/checkout env updated', 'kubectl -n shop set env deployment/checkout TRACE- POOL_SIZE=10 ADDRESS_CHECK=on'],
    ['set image deploy/checkout *=registry.shop/checkout:2.8.0', 'deployment.apps/checkout image updated', 'kubectl -n shop set image deployment/checkout checkout=registry.shop/checkout:2.8.1'],
    ['set resources deploy checkout --limits=memory=1Gi -c checkout', 'deployment.apps/checkout resource requirements updated', /^kubectl -n shop patch deployment\/checkout --type=json -p '\[/],
    ['rollout pause deploy/checkout', 'deployment.apps/checkout paused', 'kubectl -n shop rollout resume deployment/checkout'],
    ['label deploy checkout tier=web app=shop --overwrite', 'deployment.apps/checkout labeled', "kubectl -n shop label deployment/checkout tier- app=checkout --overwrite"],
    ["annotate deploy/checkout note='it hangs'", 'deployment.apps/checkout annotated', 'kubectl -n shop annotate deployment/checkout note- --overwrite'],
    [`patch deploy checkout -p '{"spec":{"template":{"spec":{"containers":[{"name":"checkout","image":"registry.shop/checkout:3"}]}}}}'`, 'deployment.apps/checkout patched', /^kubectl -n shop patch deployment\/checkout --type=merge -p '\{/],
    [`patch deploy checkout --type=json -p '[{"op":"add","path":"/spec/template/spec/containers/0/env/-","value":{"name":"A","value":"it'"'"'s"}}]'`, 'deployment.apps/checkout patched', /--type=merge/],
  ])('%s', (line, text, undo) => {
    const shop = new AShop();
    const before = deployment(shop, 'checkout');
    const result = shop.run(line);
    expect(result).toMatchObject({ text: [text], exitCode: 0, writes: [{ verb: 'patch', resource: 'deployments', namespace: 'shop', name: 'checkout', code: 200, undoClass: 'U1', restore: null }] });
    expect(deployment(shop, 'checkout')).not.toEqual(before);
    const back = result.writes[0]?.undo ?? '';
    expect(back).toMatch(undo);
    expect(shop.run(back).exitCode).toBe(0);
    const after = deployment(shop, 'checkout');
    expect(after.metadata.labels).toEqual(before.metadata.labels);
    expect(after.metadata.annotations).toEqual(before.metadata.annotations);
    expect({ ...after.spec, template: sortedEnv(after) }).toEqual({ ...before.spec, template: sortedEnv(before) });
  });

  it('rolls back to the revision before, and forward again', () => {
    const shop = new AShop();
    shop.run('set image deploy/storefront storefront=registry.shop/storefront:4.1.0');
    shop.wait('2m');
    expect(shop.show('rollout history deploy/storefront')).toBe('deployment.apps/storefront\nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n');
    const undone = shop.run('rollout undo deploy/storefront');
    expect(undone).toMatchObject({ text: ['deployment.apps/storefront rolled back'], writes: [{ undo: 'kubectl -n shop rollout undo deployment/storefront --to-revision=2' }] });
    expect(deployment(shop, 'storefront').spec?.template.spec?.containers[0]?.image).toBe('registry.shop/storefront:4.2.0');
    shop.wait('2m');
    expect(shop.show('rollout status deploy storefront')).toBe('deployment "storefront" successfully rolled out');
    shop.run(undone.writes[0]?.undo ?? '');
    shop.wait('2m');
    expect(shop.show('get deploy storefront -o wide --no-headers')).toMatch(/^storefront {3}3\/3 .*storefront:4\.1\.0/);
  });

  it('a restart replaces every pod and needs no way back; the database\'s loses what it held', () => {
    const shop = new AShop();
    const before = shop.pods('checkout');
    expect(shop.run('rollout restart deploy/checkout').writes).toMatchObject([{ undoClass: 'U1', undo: null, restore: null }]);
    shop.wait('3m');
    expect(shop.pods('checkout').filter((name) => before.includes(name))).toEqual([]);
    expect(shop.run('rollout restart sts/postgres').writes).toMatchObject([{ undoClass: 'U3', undo: null }]);
  });
});

describe('what is deleted', () => {
  it('comes back by itself where a controller owns it', () => {
    const shop = new AShop();
    const [pod = ''] = shop.pods('checkout');
    expect(shop.run(`delete pod ${pod}`)).toMatchObject({ text: [`pod "${pod}" deleted`], writes: [{ verb: 'delete', resource: 'pods', undoClass: 'U3', undo: null, restore: null }] });
    shop.wait('1m');
    expect(shop.show('get deploy checkout')).toMatch(/checkout {3}2\/2/);
  });

  it.each(['service/checkout', 'configmap/flags', 'deployment/checkout'])('can be made again from what the write carries: %s', (target) => {
    const [kind = '', name = ''] = target.split('/');
    const shop = new AShop();
    const [write] = shop.run(`delete ${kind} ${name}`).writes as [KubectlWrite];
    expect(write).toMatchObject({ undoClass: 'U2', undo: null, restore: { metadata: { name } } });
    shop.wait('1m');
    expect(shop.run(`get ${kind} ${name}`).exitCode).toBe(1);
    expect(shop.plane.api.create(write.restore as KindMap['Service'])).toMatchObject({ ok: true });
    shop.wait('1m');
    expect(shop.show(`get ${kind} ${name}`)).toContain(name);
    expect(shop.show('get deploy checkout')).toMatch(/checkout {3}2\/2/);
  });

  it('of a namespace is irreversible, as trying first tells', () => {
    const shop = new AShop();
    const tried = runKubectl(['delete', 'ns', 'shop'], shop.context({ tryOnly: true }));
    expect(tried.writes).toMatchObject([{ resource: 'namespaces', undoClass: 'U4', undo: null, restore: null }]);
    expect(shop.pods('checkout')).toHaveLength(2);
  });

  it('by selector or altogether', () => {
    const shop = new AShop();
    expect(shop.run('delete pods -l app=storefront').writes).toHaveLength(3);
    expect(shop.run('delete svc --all').text).toEqual(['service "checkout" deleted', 'service "postgres" deleted', 'service "storefront" deleted']);
  });
});

it('rolls a StatefulSet back by its ControllerRevisions, and forward again', () => {
  const shop = new AShop();
  shop.run('set image sts/postgres postgres=registry.shop/postgres:17');
  shop.wait('3m');
  expect(shop.show('rollout history sts/postgres')).toBe('statefulset.apps/postgres\nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n');
  const undone = shop.run('rollout undo sts/postgres');
  expect(undone).toMatchObject({ text: ['statefulset.apps/postgres rolled back'], writes: [{ undoClass: 'U3', undo: 'kubectl -n shop rollout undo statefulset/postgres --to-revision=2' }] });
  shop.wait('3m');
  expect(shop.show('get sts postgres -o wide --no-headers')).not.toContain('postgres:17');
  shop.run(undone.writes[0]?.undo ?? '');
  shop.wait('3m');
  expect(shop.show('get sts postgres -o wide --no-headers')).toContain('postgres:17');
  expect(shop.show('rollout undo sts/postgres --to-revision=9')).toBe('error: unable to find specified revision 9 in history');
});

it('drain empties a node, uncordon opens it again', () => {
  const shop = new AShop();
  const result = shop.run('drain node-2 --ignore-daemonsets --delete-emptydir-data');
  expect(result.text[0]).toBe('node/node-2 cordoned');
  expect(result.text.at(-1)).toBe('node/node-2 drained');
  expect(result.writes[0]).toMatchObject({ resource: 'nodes', undoClass: 'U1', undo: 'kubectl uncordon node-2' });
  shop.wait('2m');
  expect(shop.show('get pods -o wide')).not.toContain('node-2');
  expect(shop.show('uncordon node-2')).toBe('node/node-2 uncordoned');
});

it('a dry run changes nothing, writes nothing, and counts as a look', () => {
  const shop = new AShop();
  expect(shop.run('scale deploy/checkout --replicas=9 --dry-run=server')).toMatchObject({
    text: ['deployment.apps/checkout scaled (server dry run)'], writes: [], observation: { target: 'deployment/checkout', tool: 'kubectl scale --dry-run' },
  });
  expect(deployment(shop, 'checkout').spec?.replicas).toBe(2);
});

it('a write that the server refuses is told and listed, with no way back', () => {
  const shop = new AShop();
  const result = shop.run(`patch deploy checkout -p '{"spec":{"replicas":-1}}'`);
  expect(result.text.join('\n')).toMatch(/^Error from server \(Invalid\): Deployment\.apps "checkout" is invalid/);
  expect(result).toMatchObject({ exitCode: 1, writes: [{ code: 422, undo: null, restore: null }] });
});

it.each(['scale deploy/checkout --replicas=999999999', `patch deploy checkout -p '{"spec":{"replicas":2000000}}'`])('more pods than a machine can simulate are refused: %s', (line) => {
  const shop = new AShop();
  expect(shop.run(line)).toMatchObject({ text: [expect.stringMatching(/^error: \d+ replicas are more than .* at most 1000\.$/)], exitCode: 1, writes: [] });
});

it('setting what is set already says and does nothing, as kubectl does', () => {
  expect(new AShop().run('set env deploy/checkout ADDRESS_CHECK=on')).toMatchObject({ text: [], exitCode: 0, writes: [] });
});

it('lists the environment', () => {
  expect(new AShop().show('set env deploy/checkout --list')).toBe('# Deployment checkout, container checkout\nPOOL_SIZE=10\nADDRESS_CHECK=on');
});

it('a new version that cannot be pulled or crashes shows in pods, events and logs', () => {
  const shop = new AShop();
  shop.missing.add('registry.shop/checkout:9');
  shop.crashing.add('registry.shop/storefront:9');
  shop.run('set image deploy/checkout checkout=registry.shop/checkout:9');
  shop.run('set image deploy/storefront storefront=registry.shop/storefront:9');
  shop.wait('3m');
  expect(shop.show('get pods -l app=checkout')).toMatch(/checkout-\S+ +0\/1 +(?:ImagePullBackOff|ErrImagePull) +0 /);
  expect(shop.show('get pods -l app=storefront')).toMatch(/storefront-\S+ +0\/1 +(?:CrashLoopBackOff|Error) +[1-9] \(\d+m?\d*s? ago\)/);
  expect(shop.show('get events')).toMatch(/Warning +BackOff +pod\/storefront-/);
  const waiting = shop.plane.api.list('Pod', 'shop').find(({ spec }) => spec?.containers[0]?.image === 'registry.shop/checkout:9')?.metadata.name ?? '';
  expect(shop.show(`logs ${waiting}`)).toBe(`Error from server (BadRequest): container "checkout" in pod "${waiting}" is waiting to start: trying and failing to pull image`);
});

it('the inverse of a patch names only what it has to', () => {
  expect(inversePatch({ a: 1, b: { c: 2 }, d: [1] }, { a: 1, b: { c: 3, e: 4 }, d: [1, 2] })).toEqual({ b: { c: 2, e: null }, d: [1] });
  expect(inversePatch({ a: 1 }, { a: 1 })).toBeUndefined();
});

function sortedEnv({ spec }: KindMap['Deployment']): unknown {
  const containers = spec?.template.spec?.containers.map((container) => ({ ...container, env: container.env?.toSorted((left, right) => (left.name < right.name ? -1 : 1)) }));
  return { ...spec?.template, spec: { ...spec?.template.spec, containers } };
}
