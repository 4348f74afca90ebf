import { equal, match, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import type { Case } from '../case.ts';
import { deployment } from '../manifests.ts';

/** Roll-outs, containers and nodes. The namespace is `field`, with the Deployment `one` of one replica. */
export const RUNNING: readonly Case[] = [
  { command: 'rollout status, history, undo, restart, pause, resume', check: async (k) => {
    await k.ok(`apply -n field -f ${k.file('roll.json', deployment('roll'))}`);
    match(await k.ok('rollout status deploy/roll -n field --timeout=60s'), /successfully rolled out/);
    await k.ok('set image deploy/roll -n field web=nginx:1.28');
    match(await k.ok('rollout status deploy/roll -n field --timeout=60s'), /successfully rolled out/);
    match(await k.ok('rollout history deploy/roll -n field'), /^2 +<none>$/m);
    match(await k.ok('rollout history deploy/roll -n field --revision=1'), /nginx:1\.27/);
    match(await k.ok('rollout undo deploy/roll -n field'), /rolled back/);
    equal(await k.ok("get deploy roll -n field -o 'jsonpath={.spec.template.spec.containers[0].image}'"), 'nginx:1.27');
    for (const verb of ['pause', 'resume', 'restart']) match(await k.ok(`rollout ${verb} deploy/roll -n field`), new RegExp(verb.replace(/e$/, '')));
    match(await k.ok('rollout status deploy/roll -n field --timeout=60s'), /successfully rolled out/);
  } },
  { command: 'rollout of a StatefulSet and a DaemonSet', check: async (k) => {
    const template = { metadata: { labels: { app: 'sts' } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nginx:1.27' }] } };
    await k.ok(`apply -n field -f ${k.file('sts.json', { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'sts' }, spec: { replicas: 2, serviceName: 'sts', selector: { matchLabels: { app: 'sts' } }, template } })}`);
    match(await k.ok('rollout status sts/sts -n field --timeout=60s'), /partitioned roll out complete|rolling update complete/);
    const daemon = { ...template, metadata: { labels: { app: 'ds' } } };
    await k.ok(`apply -n field -f ${k.file('ds.json', { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'ds' }, spec: { selector: { matchLabels: { app: 'ds' } }, template: daemon } })}`);
    match(await k.ok('rollout status ds/ds -n field --timeout=60s'), /successfully rolled out/);
    match(await k.ok('rollout restart ds/ds -n field'), /restarted/);
    match(await k.ok('rollout history ds/ds -n field'), /^2 /m);
    match(await k.ok('rollout undo ds/ds -n field'), /rolled back/);
  } },
  { command: 'scale, autoscale', check: async (k) => {
    equal(await k.ok('scale deploy/roll -n field --replicas=3 --current-replicas=2'), 'deployment.apps/roll scaled\n');
    match(await k.refused('scale deploy/roll -n field --replicas=1 --current-replicas=9'), /Expected replicas to be 9, was 3/i);
    match(await k.ok(`autoscale deploy/roll -n field --min=1 --max=4 ${k.minor >= 34 ? '--cpu=80%' : '--cpu-percent=80'}`), /autoscaled/);
    match(await k.ok('get hpa roll -n field'), /Deployment\/roll/);
    await k.ok('delete hpa roll -n field');
  } },
  { command: 'wait: condition, jsonpath, delete', check: async (k) => {
    match(await k.ok('wait deploy/roll -n field --for=condition=Available --timeout=60s'), /condition met/);
    match(await k.ok(`wait deploy/roll -n field --for=jsonpath='{.status.readyReplicas}'=3 --timeout=60s`), /condition met/);
    await k.ok('run goes -n field --image=busybox --restart=Never -- sleep 5');
    const [waited] = await Promise.all([k.ok('wait pod/goes -n field --for=delete --timeout=60s'), k.ok('delete pod goes -n field --grace-period=1')]);
    match(waited, /condition met|^$/);
    match(await k.refused('wait deploy/roll -n field --for=condition=Nonsense --timeout=1s'), /timed out waiting for the condition/);
  } },
  { command: 'run, run --rm -i', check: async (k) => {
    equal(await k.ok('run once -n field --image=busybox --restart=Never -- echo hello'), 'pod/once created\n');
    await k.ok("wait pod/once -n field --for=jsonpath='{.status.phase}'=Succeeded --timeout=60s");
    equal(await k.ok('logs once -n field'), 'hello\n');
    match(await k.ok('run asked -n field --image=busybox --restart=Never --rm -i -- cat', { stdin: 'from outside\n' }), /from outside/);
  } },
  { command: 'logs: --tail, --since, -c, -l, --timestamps, --previous, --all-containers', check: async (k) => {
    match(await k.ok('logs deploy/checkout -n shop --tail=2'), /^(?:.*\n){2}$/);
    match(await k.ok('logs deploy/checkout -n shop --tail=1 --timestamps'), /^\d{4}-\d\d-\d\dT[\d:.]+Z /);
    match(await k.ok('logs -l app=checkout -n shop --tail=1 --prefix --all-containers'), /^\[pod\/checkout-/m);
    ok((await k.ok('logs deploy/checkout -n shop --since=10m')) !== '');
    match(await k.refused('logs deploy/checkout -n shop --previous'), /previous terminated container ".*" in pod ".*" not found/);
    match(await k.refused('logs deploy/checkout -n shop -c nonsense'), /container nonsense is not valid for pod/);
  } },
  { command: 'logs -f', check: async (k) => {
    await k.ok("run talks -n field --image=busybox --restart=Never -- sh -c 'for i in 1 2 3 4 5; do echo line $i; sleep 2; done'");
    await k.ok('wait pod/talks -n field --for=condition=Ready --timeout=60s');
    match(await k.ok('logs -f talks -n field'), /^line 1\n[^]*line 5\n$/);
  } },
  { command: 'exec', check: async (k) => {
    match(await k.ok('exec -n field deploy/one -- hostname'), /^one-/);
    equal(await k.ok('exec -i -n field deploy/one -- cat', { stdin: 'in and out' }), 'in and out');
    equal((await k.run("exec -n field deploy/one -- sh -c 'exit 3'")).code, 3);
    match(await k.refused('exec -n field deploy/one -- no-such-program'), /executable file not found in \$PATH/);
    match(await k.ok('exec -n field deploy/one -- env'), /MODE=safe/);
  } },
  { command: 'attach', check: async (k) => {
    await k.ok("run speaks -n field --image=busybox --restart=Never -- sh -c 'while true; do echo tick; sleep 1; done'");
    await k.ok('wait pod/speaks -n field --for=condition=Ready --timeout=60s');
    match(await k.following('attach speaks -n field', () => Promise.resolve(), /tick[^]*tick/), /tick/);
    await k.ok('delete pod speaks -n field --grace-period=1');
  } },
  { command: 'cp, both ways', check: async (k) => {
    const pod = (await k.ok('get pods -n field -l app=roll -o name')).split('\n')[0]?.replace('pod/', '') ?? '';
    await k.ok(`cp ${k.file('there.txt', 'carried over\n')} field/${pod}:/tmp/there.txt`);
    equal(await k.ok(`exec -n field ${pod} -- cat /tmp/there.txt`), 'carried over\n');
    await k.ok(`cp field/${pod}:/tmp/there.txt ${join(k.folder, 'back.txt')}`);
    equal(readFileSync(join(k.folder, 'back.txt'), 'utf8'), 'carried over\n');
  } },
  { command: 'port-forward', check: async (k) => match(await k.during('port-forward -n field deploy/one :80', (said) => fetched(addressIn(said))), /nginx/) },
  { command: 'proxy', check: async (k) => match(await k.during('proxy --port=0', (said) => fetched(`${addressIn(said)}/api/v1/namespaces/field/services/one:80/proxy/`)), /nginx/) },
  { command: 'get --raw …/proxy', check: async (k) => match(await k.ok('get --raw /api/v1/namespaces/field/services/one:80/proxy/'), /nginx/) },
  { command: 'debug: ephemeral container, copy, node', check: async (k) => {
    const pod = (await k.ok('get pods -n field -l app=roll -o name')).split('\n')[0]?.replace('pod/', '') ?? '';
    match((await k.run(`debug ${pod} -n field --image=busybox -i --quiet --target=web -- echo looked`)).out, /looked|^$/);
    match(await k.ok(`get pod ${pod} -n field -o 'jsonpath={.spec.ephemeralContainers[0].image}'`), /busybox/);
    const copied = await k.run(`debug ${pod} -n field --copy-to=copied --image=busybox -- sleep 1000`);
    equal(copied.code, 0, copied.err);
    match(await k.ok('get pod copied -n field -o name'), /pod\/copied/);
    const onNode = await k.run('debug node/worker-1 -n field --image=busybox -- sleep 1000');
    equal(onNode.code, 0, onNode.err);
  } },
  { command: 'cordon, drain, uncordon, taint', check: async (k) => {
    await k.ok('delete pdb --all -n field');
    equal(await k.ok('cordon worker-4'), 'node/worker-4 cordoned\n');
    match(await k.ok('drain worker-4 --ignore-daemonsets --delete-emptydir-data --force --timeout=120s'), /node\/worker-4 drained/);
    match(await k.ok('get node worker-4'), /SchedulingDisabled/);
    equal(await k.ok('uncordon worker-4'), 'node/worker-4 uncordoned\n');
    equal(await k.ok('taint node worker-4 a=b:NoSchedule'), 'node/worker-4 tainted\n');
    equal(await k.ok('taint node worker-4 a-'), 'node/worker-4 untainted\n');
  } },
  { command: 'drain waits for a disruption budget', check: async (k) => {
    await k.ok('scale deploy/one -n field --replicas=1');
    await k.ok('rollout status deploy/one -n field --timeout=50s');
    const node = await k.ok("get pods -n field -l app=one -o 'jsonpath={.items[0].spec.nodeName}'");
    await k.ok('create pdb stays -n field --selector=app=one --min-available=1');
    match(await k.refused(`drain ${node} --ignore-daemonsets --delete-emptydir-data --force --pod-selector=app=one --timeout=5s`), /Cannot evict pod as it would violate the pod's disruption budget/);
    await k.ok('delete pdb stays -n field');
    await k.ok(`uncordon ${node}`);
  } },
];

/** `http://127.0.0.1:PORT` of the port that a command says it listens on. */
function addressIn(said: string): string {
  const port = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
  if (port === undefined) throw new Error(said.trim());
  return `http://127.0.0.1:${port}`;
}

function fetched(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => resolve(body)).on('error', reject);
    }).on('error', reject);
  });
}
