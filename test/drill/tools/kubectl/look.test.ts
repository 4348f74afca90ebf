import { describe, expect, it } from 'vitest';
import { runKubectl } from '../../../../src/drill/tools/kubectl/kubectl.ts';
import { humanDuration } from '../../../../src/cluster/printers/age.ts';
import { splitLine } from '../../../../src/drill/tools/words.ts';
import { aCrashingCheckout } from './a-crashing-checkout.ts';

const run = (line: string): ReturnType<typeof runKubectl> => {
  const split = splitLine(line);
  return runKubectl('stages' in split ? (split.stages[0] ?? []) : [], aCrashingCheckout());
};
const show = (line: string): string => run(line).text.join('\n');

describe('a crash loop, as kubectl get shows it', () => {
  it('get pods', () => {
    expect(show('get pods')).toBe(`\
NAME                       READY   STATUS             RESTARTS     AGE
checkout-7d9f5c6b8-crash   0/1     CrashLoopBackOff   7 (3m ago)   27m
checkout-7d9f5c6b8-works   1/1     Running            0            27m`);
  });

  it('get pods -o wide, of one pod, without head', () => {
    expect(show('-n shop get po/checkout-7d9f5c6b8-works -owide --no-headers')).toBe(
      'checkout-7d9f5c6b8-works   1/1   Running   0     27m   10.1.0.7   node-1   <none>   <none>');
  });

  it('get deploy,svc,rs', () => {
    expect(show('get deploy,svc,rs')).toBe(`\
NAME                       READY   UP-TO-DATE   AVAILABLE   AGE
deployment.apps/checkout   1/2     2            1           27m

NAME               TYPE        CLUSTER-IP   EXTERNAL-IP   PORT(S)   AGE
service/checkout   ClusterIP   10.96.4.2    <none>        80/TCP    27m

NAME                                 DESIRED   CURRENT   READY   AGE
replicaset.apps/checkout-7d9f5c6b8   2         2         1       27m`);
  });

  it('get pods -A --show-labels -l', () => {
    expect(show("get pods -A --show-labels -l 'app in (checkout),pod-template-hash' --field-selector metadata.name!=checkout-7d9f5c6b8-works")).toBe(`\
NAMESPACE   NAME                       READY   STATUS             RESTARTS     AGE   LABELS
shop        checkout-7d9f5c6b8-crash   0/1     CrashLoopBackOff   7 (3m ago)   27m   app=checkout,pod-template-hash=7d9f5c6b8`);
  });

  it('get nodes, events, and kinds that have no objects', () => {
    expect(show('get no')).toBe('NAME     STATUS                     ROLES    AGE   VERSION\nnode-1   Ready,SchedulingDisabled   <none>   27m   v1.32.3');
    expect(show('get events --sort-by=.lastTimestamp')).toBe(`\
LAST SEEN   TYPE      REASON    OBJECT                         MESSAGE
5m51s       Normal    Pulled    pod/checkout-7d9f5c6b8-crash   Container image already present on machine
12s         Warning   BackOff   pod/checkout-7d9f5c6b8-crash   Back-off restarting failed container app`);
    expect(show('get ingress')).toBe('No resources found in shop namespace.');
    expect(show('get sts -n other')).toBe('No resources found in other namespace.');
  });

  it('-o name, yaml, jsonpath, custom-columns', () => {
    expect(show('get deploy checkout -o name')).toBe('deployment.apps/checkout');
    expect(show('get cm flags -o yaml')).toMatch(/^apiVersion: v1\ndata:\n {2}ADDRESS_CHECK: "on"\nkind: ConfigMap\nmetadata:\n {2}creationTimestamp: "2026-02-10T02:43:00Z"\n {2}name: flags/);
    expect(show(`get pods -o jsonpath='{range .items[?(@.status.containerStatuses[0].restartCount > 0)]}{.metadata.name}{" "}{.status.containerStatuses[*].restartCount}{"\\n"}{end}'`)).toBe('checkout-7d9f5c6b8-crash 7');
    expect(show('get pods -o custom-columns=POD:.metadata.name,OWNER:.metadata.ownerReferences[0].name,NONE:.spec.nothing')).toBe(`\
POD                        OWNER                NONE
checkout-7d9f5c6b8-crash   checkout-7d9f5c6b8   <none>
checkout-7d9f5c6b8-works   checkout-7d9f5c6b8   <none>`);
    expect(JSON.parse(show('get deploy -o json'))).toMatchObject({ kind: 'List', items: [{ metadata: { name: 'checkout' } }] });
  });
});

it('describe pod tells why it was killed, and what the kubelet said', () => {
  expect(show('describe pod checkout-7d9f5c6b8-cr')).toBe(`\
Name:             checkout-7d9f5c6b8-crash
Namespace:        shop
Priority:         0
Service Account:  default
Node:             node-1/10.0.0.11
Start Time:       Tue, 10 Feb 2026 02:43:00 +0000
Labels:           app=checkout
                  pod-template-hash=7d9f5c6b8
Annotations:      <none>
Status:           Running
IP:               10.1.0.7
IPs:
  IP:           10.1.0.7
Controlled By:  ReplicaSet/checkout-7d9f5c6b8
Containers:
  app:
    Container ID:   containerd://1
    Image:          registry.shop/checkout:2.8.1
    Image ID:       registry.shop/checkout@sha256:abc
    Port:           8080/TCP
    Host Port:      0/TCP
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      Tue, 10 Feb 2026 03:04:10 +0000
      Finished:     Tue, 10 Feb 2026 03:07:00 +0000
    Ready:          False
    Restart Count:  7
    Limits:
      cpu:     500m
      memory:  256Mi
    Requests:
      cpu:     100m
      memory:  128Mi
    Liveness:  http-get http://:8080/live delay=5s timeout=1s period=10s #success=1 #failure=3
    Environment Variables from:
      flags  ConfigMap  Optional: false
    Environment:
      POOL_SIZE:  10
    Mounts:       <none>
Conditions:
  Type           Status
  Ready          False
Volumes:         <none>
QoS Class:       Burstable
Node-Selectors:  <none>
Tolerations:     <none>
Events:
  Type     Reason   Age                  From     Message
  ----     ------   ----                 ----     -------
  Normal   Pulled   5m51s (x8 over 26m)  kubelet  Container image already present on machine
  Warning  BackOff  12s (x21 over 20m)   kubelet  Back-off restarting failed container app`);
});

describe('logs', () => {
  it('of a pod, of a deployment, of the run before', () => {
    expect(show('logs checkout-7d9f5c6b8-works')).toBe('checkout-7d9f5c6b8-works/app starting\npool is full␛[31m');
    expect(show('logs deploy/checkout --since 60s')).toBe('Found 2 pods, using pod/checkout-7d9f5c6b8-crash\npool is full␛[31m');
    expect(show('logs checkout-7d9f5c6b8-crash -p --tail=1')).toBe('pool is full␛[31m (before)');
    expect(show('logs -l app=checkout --tail=1 --prefix --timestamps')).toBe(`\
[pod/checkout-7d9f5c6b8-crash/app] 2026-02-10T03:09:58.500000000Z pool is full␛[31m
[pod/checkout-7d9f5c6b8-works/app] 2026-02-10T03:09:58.500000000Z pool is full␛[31m`);
  });

  it.each([
    ['logs checkout-7d9f5c6b8-works --previous', 'Error from server (BadRequest): previous terminated container "app" in pod "checkout-7d9f5c6b8-works" not found'],
    ['logs checkout-7d9f5c6b8-works -c sidecar', 'error: container sidecar is not valid for pod checkout-7d9f5c6b8-works'],
    ['logs nobody', 'Error from server (NotFound): pods "nobody" not found'],
    ['logs -f deploy/checkout', 'error: following does not end here. Ask again without -f, or with --since=1m; every answer is up to date.'],
    ['logs svc/checkout --since=soon', 'error: invalid argument "soon" for "--since" flag: time: invalid duration "soon"; use such as 90s, 5m, 1h'],
  ])('%s', (line, error) => {
    expect(run(line)).toMatchObject({ text: [error], exitCode: 1 });
  });
});

it('top and rollout status tell the moment', () => {
  expect(show('top pod')).toBe('NAME                       CPU(cores)   MEMORY(bytes)\ncheckout-7d9f5c6b8-works   37m          118Mi');
  expect(show('top nodes')).toBe('NAME     CPU(cores)   CPU(%)   MEMORY(bytes)   MEMORY(%)\nnode-1   1234m        30%      5000Mi          30%');
  expect(show('rollout status deployment checkout')).toBe('Waiting for deployment "checkout" rollout to finish: 1 of 2 updated replicas are available...');
  expect(show('events --for pod/checkout-7d9f5c6b8-crash --types=Warning')).toBe('LAST SEEN            TYPE      REASON    OBJECT                         MESSAGE\n12s (x21 over 20m)   Warning   BackOff   Pod/checkout-7d9f5c6b8-crash   Back-off restarting failed container app');
});

describe('mistakes are answered in kubectl\'s own words', () => {
  it.each([
    ['gte pods', 'error: unknown command "gte" for "kubectl"\n\nDid you mean this?\n    get'],
    ['get foo', 'error: the server doesn\'t have a resource type "foo"'],
    ['get deploy x', 'Error from server (NotFound): deployments.apps "x" not found'],
    ['get pods --fro', "error: unknown flag: --fro\nSee 'kubectl get --help' for usage."],
    ['get pods -z', "error: unknown shorthand flag: 'z' in -z\nSee 'kubectl get --help' for usage."],
    ['get pods -n', "error: flag needs an argument: 'n' in -n\nSee 'kubectl get --help' for usage."],
    ['get pods -o ymal', 'error: unable to match a printer suitable for the output format "ymal", allowed formats are: custom-columns,json,jsonpath,jsonpath-as-json,name,wide,yaml (did you mean "yaml"?)'],
    ['get pods --field-selector foo=bar', 'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "foo=bar": field label not supported: foo'],
    ['delete pods', 'error: resource(s) were provided, but no name was specified'],
    ['scale deploy/checkout', 'error: required flag(s) "replicas" not set'],
    ['scale deploy/checkout --replicas=-2', 'error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0'],
    ['set image deploy/checkout web=x', 'error: unable to find container named "web"'],
    ['label pod checkout-7d9f5c6b8-works app=x', "error: 'app' already has a value (checkout), and --overwrite is false"],
    ['rollout undoo deploy/checkout', 'error: unknown command "undoo" for "kubectl rollout"\n\nDid you mean this?\n    undo'],
    ['rollout undo deploy/checkout', 'error: no rollout history found for deployment "checkout"'],
    ['exec -it deploy/checkout -- sh', 'error: there is no terminal at this prompt. Run one command: kubectl exec POD -- COMMAND; your own kubectl gives you a shell.'],
    ['exec deploy/checkout date', 'error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead'],
    ['exec deploy/checkout', 'error: you must specify at least one command for the container'],
    ['--context production delete pods --all', 'error: context "production" does not exist'],
    ['get pods -w', 'error: watching does not end here. Ask again without --watch; every answer is up to date.'],
  ])('%s', (line, error) => {
    const result = run(line);
    expect(result.text.join('\n')).toBe(error);
    expect(result).toMatchObject({ exitCode: 1, observation: null, writes: [] });
  });
});

it('says what was looked at, and by which tool', () => {
  expect(run('get deploy checkout -o yaml').observation).toEqual({ kind: 'state', target: 'deployment/checkout', tool: 'kubectl get -o yaml' });
  expect(run('get pods,svc').observation).toMatchObject({ target: '*' });
  expect(run('logs deploy/checkout').observation).toEqual({ kind: 'logs', target: 'deployment/checkout', tool: 'kubectl logs' });
  expect(run('top pods').observation).toMatchObject({ kind: 'metrics', target: 'pods' });
  expect(run('rollout history deploy/checkout').observation).toMatchObject({ kind: 'changes' });
  expect(run('--help').observation).toBeNull();
});

it.each([[-5000, '<invalid>'], [-500, '0s'], [0, '0s'], [119_999, '119s'], [120_000, '2m'], [303_000, '5m3s'], [600_000, '10m'], [10_799_000, '179m'], [11_520_000, '3h12m'], [28_800_000, '8h'], [172_800_000, '2d'], [180_000_000, '2d2h'], [691_200_000, '8d'], [69_120_000_000, '2y70d']])('%i ms is %s', (ms, text) => {
  expect(humanDuration(ms)).toBe(text);
});
