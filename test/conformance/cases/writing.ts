import { equal, match } from 'node:assert/strict';
import type { Case } from '../case.ts';
import { configMap, deployment, list } from '../manifests.ts';

/** Creating and changing objects. */
export const WRITING: readonly Case[] = [
  { command: 'create namespace, -f', check: async (k) => {
    equal(await k.ok('create namespace field'), 'namespace/field created\n');
    equal(await k.ok(`create -n field -f ${k.file('one.json', deployment('one'))}`), 'deployment.apps/one created\n');
    equal(await k.refused(`create -n field -f ${k.file('one.json', deployment('one'))}`), `Error from server (AlreadyExists): error when creating "${k.file('one.json', deployment('one'))}": deployments.apps "one" already exists\n`);
  } },
  { command: 'create configmap, secret, service, job, cronjob, role …', check: async (k) => {
    for (const [words, made] of [
      ['configmap c --from-literal=a=b', 'configmap/c'], ['secret generic s --from-literal=p=q', 'secret/s'], ['secret docker-registry reg --docker-username=a --docker-password=b', 'secret/reg'],
      ['service clusterip w --tcp=80:8080', 'service/w'], ['service nodeport n --tcp=80', 'service/n'], ['service externalname e --external-name=example.com', 'service/e'],
      ['deployment web --image=nginx:1.27', 'deployment.apps/web'], ['job j --image=busybox -- true', 'job.batch/j'], ["cronjob cj --image=busybox '--schedule=*/5 * * * *' -- true", 'cronjob.batch/cj'],
      ['role r --verb=get --resource=pods', 'role.rbac.authorization.k8s.io/r'], ['rolebinding rb --role=r --user=ana', 'rolebinding.rbac.authorization.k8s.io/rb'],
      ['serviceaccount sa', 'serviceaccount/sa'], ['quota q --hard=pods=100', 'resourcequota/q'], ['poddisruptionbudget pdb --selector=app=web --min-available=1', 'poddisruptionbudget.policy/pdb'],
      ["ingress i '--rule=shop.example/=web:80'", 'ingress.networking.k8s.io/i'],
    ] as const) equal(await k.ok(`create ${words} -n field`), `${made} created\n`);
    for (const [words, made] of [
      ['clusterrole cr --verb=get --resource=nodes', 'clusterrole.rbac.authorization.k8s.io/cr'], ['clusterrolebinding crb --clusterrole=cr --user=ana', 'clusterrolebinding.rbac.authorization.k8s.io/crb'],
      ['priorityclass pc --value=10', 'priorityclass.scheduling.k8s.io/pc'],
    ] as const) equal(await k.ok(`create ${words}`), `${made} created\n`);
    equal(await k.ok("get secret s -n field -o 'jsonpath={.data.p}'"), 'cQ==');
  } },
  { command: 'create token', check: async (k) => match(await k.ok('create token sa -n field'), /^[\w-]+\.[\w-]+\.[\w-]+\n?$/) },
  { command: 'apply (client-side)', check: async (k) => {
    const first = k.file('cart.json', deployment('cart'));
    equal(await k.ok(`apply -n field -f ${first}`), 'deployment.apps/cart created\n');
    equal(await k.ok(`apply -n field -f ${first}`), 'deployment.apps/cart unchanged\n');
    equal(await k.ok(`apply -n field -f ${k.file('cart-env.json', deployment('cart', { env: [{ name: 'A', value: '1' }] }))}`), 'deployment.apps/cart configured\n');
    await k.ok(`apply -n field -f ${first}`);
    equal(await k.ok("get deploy cart -n field -o 'jsonpath={.spec.template.spec.containers[0].env}'"), '');
  } },
  { command: 'apply -f -, of a list, -k', check: async (k) => {
    match(await k.ok('apply -n field -f -', { stdin: JSON.stringify(list(configMap('l1', { a: '1' }), configMap('l2', { a: '2' }))) }), /configmap\/l1 created\nconfigmap\/l2 created/);
    k.file('kustomization.yaml', 'resources: [kustom.json]\nnamePrefix: pre-\n');
    k.file('kustom.json', configMap('kustom', { a: 'b' }));
    equal(await k.ok('apply -n field -k .'), 'configmap/pre-kustom created\n');
  } },
  { command: 'apply --dry-run=client, server', check: async (k) => {
    const more = k.file('more.json', deployment('cart', { replicas: 3 }));
    equal(await k.ok(`apply -n field --dry-run=client -f ${more}`), 'deployment.apps/cart configured (dry run)\n');
    equal(await k.ok(`apply -n field --dry-run=server -f ${more}`), 'deployment.apps/cart configured (server dry run)\n');
    equal(await k.ok("get deploy cart -n field -o 'jsonpath={.spec.replicas}'"), '2');
  } },
  { command: 'diff', check: async (k) => {
    const ran = await k.run(`diff -n field -f ${k.file('more.json', deployment('cart', { replicas: 3 }))}`);
    equal(ran.code, 1);
    match(ran.out, /^-\s+replicas: 2$[^]*^\+\s+replicas: 3$/m);
    match((await k.run(`diff --server-side --force-conflicts -n field -f ${k.file('more.json', deployment('cart', { replicas: 3 }))}`)).out, /^\+\s+replicas: 3$/m);
  } },
  { command: 'apply --server-side, with a conflict', check: async (k) => {
    const mine = k.file('ssa.json', deployment('ssa'));
    equal(await k.ok(`apply -n field --server-side --field-manager=one -f ${mine}`), 'deployment.apps/ssa serverside-applied\n');
    const other = k.file('ssa-2.json', deployment('ssa', { replicas: 3 }));
    match(await k.refused(`apply -n field --server-side --field-manager=two -f ${other}`), /Apply failed with 1 conflict: conflict with "one": \.spec\.replicas/);
    equal(await k.ok(`apply -n field --server-side --field-manager=two --force-conflicts -f ${other}`), 'deployment.apps/ssa serverside-applied\n');
    equal(await k.ok("get deploy ssa -n field -o 'jsonpath={.spec.replicas}'"), '3');
    match(await k.ok('get deploy ssa -n field -o yaml --show-managed-fields'), /manager: two\n[^]*operation: Apply/);
  } },
  { command: 'apply --server-side after client-side', check: async (k) => {
    equal(await k.ok(`apply -n field --server-side -f ${k.file('cart.json', deployment('cart'))}`), 'deployment.apps/cart serverside-applied\n');
    await k.ok(`apply -n field --server-side -f ${k.file('cart.json', deployment('cart', { replicas: 1 }))}`);
    equal(await k.ok("get deploy cart -n field -o 'jsonpath={.spec.replicas}'"), '1');
  } },
  { command: 'apply --prune', check: async (k) => {
    const group = { set: 'pruned' };
    await k.ok(`apply -n field --prune -l set=pruned --prune-allowlist=core/v1/ConfigMap -f ${k.file('both.json', list(configMap('p1', {}, group), configMap('p2', {}, group)))}`);
    match(await k.ok(`apply -n field --prune -l set=pruned --prune-allowlist=core/v1/ConfigMap -f ${k.file('first.json', list(configMap('p1', {}, group)))}`), /configmap\/p2 pruned/);
  } },
  { command: 'apply view-last-applied, set-last-applied', check: async (k) => {
    await k.ok(`apply -n field -f ${k.file('last.json', configMap('last', { a: '1' }))}`);
    match(await k.ok('apply view-last-applied cm/last -n field'), /^data:\n +a: "1"$/m);
    match(await k.ok(`apply set-last-applied -n field -f ${k.file('last.json', configMap('last', { a: '2' }))}`), /configmap\/last configured/);
  } },
  { command: 'replace, replace --force', check: async (k) => {
    equal(await k.ok(`replace -n field -f ${k.file('l1.json', configMap('l1', { a: '9' }))}`), 'configmap/l1 replaced\n');
    match(await k.ok(`replace --force -n field -f ${k.file('l1.json', configMap('l1', { a: '10' }))}`), /configmap\/l1 replaced/);
    match(await k.refused(`replace -n field -f ${k.file('none.json', configMap('none', {}))}`), /\(NotFound\).*configmaps "none" not found/);
  } },
  { command: 'edit', check: async (k) => equal(await k.ok('edit cm l1 -n field', { env: { KUBE_EDITOR: 'sed -i s/10/11/' } }), 'configmap/l1 edited\n') },
  { command: 'patch: strategic, merge, json, subresource', check: async (k) => {
    equal(await k.ok(`patch deploy one -n field -p '{"spec":{"template":{"spec":{"containers":[{"name":"web","env":[{"name":"B","value":"2"}]}]}}}}'`), 'deployment.apps/one patched\n');
    equal(await k.ok("get deploy one -n field -o 'jsonpath={.spec.template.spec.containers[0].image}'"), 'nginx:1.27');
    equal(await k.ok(`patch cm l1 -n field --type=merge -p '{"data":{"a":null,"b":"1"}}'`), 'configmap/l1 patched\n');
    equal(await k.ok(`patch cm l1 -n field --type=json -p '[{"op":"test","path":"/data/b","value":"1"},{"op":"add","path":"/data/c","value":"2"}]'`), 'configmap/l1 patched\n');
    match(await k.refused(`patch cm l1 -n field --type=json -p '[{"op":"test","path":"/data/b","value":"9"}]'`), /the server rejected our request due to an error in our request/);
    equal(await k.ok(`patch deploy one -n field --subresource=scale --type=merge -p '{"spec":{"replicas":1}}'`), k.minor < 24 ? '' : 'scale.autoscaling/one patched\n');
  } },
  { command: 'refusals: invalid, unknown field', check: async (k) => {
    equal(await k.refused(`patch deploy one -n field -p '{"spec":{"replicas":-1}}'`), 'The Deployment "one" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0\n');
    const typo = { ...deployment('typo'), spec: { ...(deployment('typo')['spec'] as object), replcias: 3 } };
    match(await k.refused(`apply -n field -f ${k.file('typo.json', typo)}`), /strict decoding error: unknown field "spec\.replcias"|unknown field "replcias" in/);
    match(await k.ok(`apply --validate=warn -n field -f ${k.file('typo.json', typo)}`), /deployment\.apps\/typo created/);
  } },
  { command: 'label, annotate', check: async (k) => {
    equal(await k.ok('label cm l1 -n field tier=web'), 'configmap/l1 labeled\n');
    match(await k.refused('label cm l1 -n field tier=db'), /already has a value \(web\), and --overwrite is false/);
    equal(await k.ok('label cm l1 -n field tier-'), 'configmap/l1 unlabeled\n');
    match(await k.ok('annotate cm l1 -n field note=x'), /^configmap\/l1 annotated?\n$/);
  } },
  { command: 'set image, env, resources, selector, serviceaccount', check: async (k) => {
    equal(await k.ok('set image deploy/one -n field web=nginx:1.28'), 'deployment.apps/one image updated\n');
    equal(await k.ok('set env deploy/one -n field MODE=safe'), 'deployment.apps/one env updated\n');
    match(await k.ok('set env deploy/one -n field --list'), /MODE=safe/);
    equal(await k.ok('set resources deploy/one -n field --limits=cpu=500m'), 'deployment.apps/one resource requirements updated\n');
    equal(await k.ok('set serviceaccount deploy/one -n field sa'), 'deployment.apps/one serviceaccount updated\n');
    equal(await k.ok("set selector svc w -n field 'app=other'"), 'service/w selector updated\n');
  } },
  { command: 'expose', check: async (k) => equal(await k.ok('expose deploy one -n field --port=80'), 'service/one exposed\n') },
  { command: 'delete: --wait, cascades, grace, -l, --all', check: async (k) => {
    match(await k.ok('delete deploy cart -n field --cascade=foreground --timeout=30s'), /deployment\.apps "cart" deleted/);
    equal((await k.ok('get pods -n field -l app=cart -o name')), '');
    match(await k.ok('delete deploy ssa -n field --cascade=orphan'), /deleted/);
    match(await k.ok('get rs -n field -l app=ssa -o name'), /replicaset\.apps\/ssa-/);
    match(await k.ok('delete rs -n field -l app=ssa'), /deleted/);
    match(await k.ok('delete pods -n field -l app=web --grace-period=0 --force'), /force deleted/);
    match(await k.ok('delete cm -n field --all'), /configmap "l1" deleted/);
  } },
  { command: 'delete: finalizers hold it', check: async (k) => {
    await k.ok(`create -n field -f ${k.file('held.json', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', finalizers: ['example.com/hold'] } })}`);
    await k.ok('delete cm held -n field --wait=false');
    match(await k.ok("get cm held -n field -o 'jsonpath={.metadata.deletionTimestamp}'"), /^\d{4}-/);
    await k.ok(`patch cm held -n field --type=merge -p '{"metadata":{"finalizers":null}}'`);
    match(await k.refused('get cm held -n field'), /not found/);
  } },
  { command: 'delete namespace', check: async (k) => {
    await k.ok('create ns brief');
    await k.ok(`apply -n brief -f ${k.file('brief.json', deployment('brief'))}`);
    match(await k.ok('delete ns brief --timeout=60s'), /namespace "brief" deleted/);
    match(await k.refused('get ns brief'), /namespaces "brief" not found/);
  } },
];
