import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Case } from '../case.ts';

/** Reading objects in every form that kubectl has. The cluster is the webshop. */
export const LOOKING: readonly Case[] = [
  { command: 'version', check: async (k) => match(await k.ok('version'), /Server Version: .*v1\.\d+\.\d+/) },
  { command: 'cluster-info', check: async (k) => match(await k.ok('cluster-info'), /control plane.* is running at .*https:\/\/127\.0\.0\.1/) },
  { command: 'cluster-info dump', check: async (k) => match(await k.ok('cluster-info dump --namespaces shop'), /"kind": "ReplicaSetList"[^]*==== START logs for container /) },
  { command: 'config current-context, view, get-contexts', check: async (k) => {
    match(await k.ok('config current-context'), /\S/);
    match(await k.ok('config view'), /token: REDACTED/);
    match(await k.ok('config get-contexts'), /^\* /m);
  } },
  { command: 'api-resources', check: async (k) => {
    const all = await k.ok('api-resources');
    match(all, /^deployments +deploy +apps\/v1 +true +Deployment$/m);
    match(all, /^customresourcedefinitions +crds?(,crds)? +apiextensions\.k8s\.io\/v1 +false +CustomResourceDefinition$/m);
    match(await k.ok('api-resources --verbs=list --namespaced -o name'), /^pods$/m);
    match(await k.ok('api-resources -o wide --api-group=apps'), /create,delete,deletecollection,get,list,patch,update,watch +all$/m);
  } },
  { command: 'api-versions', check: async (k) => match(await k.ok('api-versions'), /^apps\/v1$[^]*^metrics\.k8s\.io\/v1beta1$/m) },
  { command: 'explain', check: async (k) => {
    match(await k.ok('explain deployment.spec.replicas'), /FIELD: +replicas <integer>/);
    match(await k.ok('explain pod --recursive'), /\n +containerStatuses?\t/);
    match(await k.ok('explain hpa --api-version=autoscaling/v2'), /VERSION: +(autoscaling\/)?v2/);
    match(await k.refused('explain pod.spec.nonsense'), /field "nonsense" does not exist/);
  } },
  { command: 'get (table)', check: async (k) => match(await k.ok('get pods -n shop'), /^NAME +READY +STATUS +RESTARTS +AGE\n(?:\S+ +\d\/\d +\w+ +.*\n)+$/) },
  { command: 'get -o wide', check: async (k) => match(await k.ok('get pods -n shop -o wide'), / IP +NODE +NOMINATED NODE +READINESS GATES\n/) },
  { command: 'get -o yaml, json, name', check: async (k) => {
    match(await k.ok('get deploy checkout -n shop -o yaml'), /\nkind: Deployment\n/);
    equal((JSON.parse(await k.ok('get deploy checkout -n shop -o json')) as { kind: string }).kind, 'Deployment');
    equal(await k.ok('get deploy checkout -n shop -o name'), 'deployment.apps/checkout\n');
  } },
  { command: 'get -o jsonpath, go-template, custom-columns', check: async (k) => {
    equal(await k.ok("get deploy checkout -n shop -o 'jsonpath={.metadata.name}'"), 'checkout');
    equal(await k.ok("get deploy checkout -n shop -o 'go-template={{.metadata.name}}'"), 'checkout');
    match(await k.ok('get deploy -n shop -o custom-columns=NAME:.metadata.name,WANTED:.spec.replicas'), /^checkout +\d+$/m);
  } },
  { command: 'get --sort-by', check: async (k) => {
    const names = (await k.ok('get pods -n shop --sort-by=.metadata.name --no-headers')).split('\n').filter(Boolean).map((line) => line.split(' ')[0] as string);
    deepEqual(names, names.toSorted());
    await k.ok('run noted --image=busybox -n default --restart=Never -- true');
    await k.ok("wait pod/noted -n default --for=jsonpath='{.status.phase}'=Succeeded --timeout=50s");
    match(await k.ok('get events -n default --sort-by=.lastTimestamp'), /^LAST SEEN/);
  } },
  { command: 'get -A, -l, --field-selector', check: async (k) => {
    match(await k.ok('get pods -A'), /^NAMESPACE +NAME/);
    const running = await k.ok('get pods -A -l app=checkout --field-selector=status.phase=Running --no-headers');
    ok(running.split('\n').filter(Boolean).every((line) => line.includes('checkout-')) && running !== '');
    match(await k.refused('get pods -A --field-selector=spec.nonsense=1'), /field label not supported: spec\.nonsense/);
  } },
  { command: 'get --chunk-size', check: async (k) => equal(await k.ok('get pods -A --chunk-size=1 -o name'), await k.ok('get pods -A -o name')) },
  { command: 'get --show-labels, -L, --show-kind, --no-headers', check: async (k) => {
    match(await k.ok('get deploy -n shop --show-labels'), / LABELS\n/);
    match(await k.ok('get deploy -n shop -L app'), / APP\n/);
    match(await k.ok('get deploy -n shop --show-kind --no-headers'), /^deployment\.apps\//);
  } },
  { command: 'get all, get of several kinds', check: async (k) => {
    match(await k.ok('get all -n shop'), /^deployment\.apps\/checkout/m);
    match(await k.ok('get deploy,svc,sts -n shop'), /^service\/checkout/m);
    equal((await k.run('get pod nope -n shop --ignore-not-found')).out, '');
  } },
  { command: 'get --raw', check: async (k) => {
    equal(await k.ok('get --raw /readyz'), 'ok');
    match(await k.ok('get --raw /api/v1/namespaces/shop/pods?limit=1'), /"remainingItemCount":/);
  } },
  { command: 'get --subresource', check: async (k) => match(await k.ok('get deploy checkout -n shop --subresource=scale'), /^NAME +DESIRED +AVAILABLE/) },
  { command: 'get what is not there', check: async (k) => {
    equal(await k.refused('get deploy nope -n shop'), 'Error from server (NotFound): deployments.apps "nope" not found\n');
    match(await k.refused('get nonsense'), /the server doesn't have a resource type "nonsense"/);
  } },
  { command: 'get -w', check: async (k) => {
    const seen = await k.following('get cm -n shop -w', async () => {
      await k.ok('create cm seen-by-watch -n shop --from-literal=a=b');
      await k.ok('delete cm seen-by-watch -n shop');
    }, /seen-by-watch[^]*seen-by-watch/);
    match(seen, /^seen-by-watch +1 +\d+s$/m);
  } },
  { command: 'get -w --output-watch-events', check: async (k) => {
    const seen = await k.following('get cm -n shop -w --output-watch-events', async () => {
      await k.ok('create cm seen-again -n shop');
      await k.ok('delete cm seen-again -n shop');
    }, /DELETED/);
    match(seen, /^ADDED +seen-again/m);
  } },
  { command: 'describe of every kind', check: async (k) => {
    for (const kind of (await k.ok('api-resources --verbs=get,list -o name')).split('\n').filter(Boolean)) {
      const { code, err } = await k.run(`describe ${kind} -A`);
      const all = code === 0 ? null : await k.run(`describe ${kind}`);
      ok(all === null || all.code === 0, `describe ${kind}: ${err.slice(0, 200)}`);
    }
    match(await k.ok('describe deploy checkout -n shop'), /Replicas: +\d+ desired \| \d+ updated/);
    match(await k.ok('describe node worker-1'), /Allocated resources:/);
    match(await k.ok('describe svc checkout -n shop'), /Endpoints: +\d+\.\d+/);
    match(await k.ok('describe pods -n shop -l app=checkout'), /Conditions:/);
  } },
  { command: 'events', check: async (k) => {
    ok(!(await k.ok('get events -A')).includes('<invalid>'));
    match(await k.ok('events -A --types=Warning,Normal'), /^NAMESPACE +LAST SEEN/);
  } },
  { command: 'top pods, nodes', check: async (k) => {
    match(await k.ok('top pods -n shop'), /^checkout-\S+ +\d+m +\d+Mi/m);
    match(await k.ok('top pods -n shop --containers --sort-by=cpu'), /^POD +NAME +CPU/);
    match(await k.ok('top nodes'), /^worker-1 +\d+m +\d+% +\d+Mi +\d+%/m);
  } },
];
