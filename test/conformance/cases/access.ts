import { equal, match } from 'node:assert/strict';
import type { Case } from '../case.ts';

/** Who may do what, and kinds that people bring themselves. The namespace is `field`. */
export const ACCESS: readonly Case[] = [
  { command: 'auth can-i', check: async (k) => {
    equal(await k.ok('auth can-i delete pods'), 'yes\n');
    equal((await k.run('auth can-i delete pods --as=nobody -n field')).out, 'no\n');
    equal(await k.ok('auth can-i get pods --as=ana -n field'), 'yes\n');
    match(await k.ok('auth can-i --list --as=ana -n field'), /^pods +\[\] +\[\] +\[get\]$/m);
  } },
  { command: 'auth whoami', since: 28, check: async (k) => match(await k.ok('auth whoami'), /^Username +\S+$/m) },
  { command: 'auth reconcile', check: async (k) => match(await k.ok('auth reconcile -n field -f -', { stdin: JSON.stringify({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'r', namespace: 'field' }, rules: [{ apiGroups: [''], resources: ['services'], verbs: ['get'] }] }) }), /role\.rbac\.authorization\.k8s\.io\/r reconciled/) },
  { command: '--as, and its refusal', check: async (k) => {
    equal(await k.refused('get pods -n shop --as=nobody'), 'Error from server (Forbidden): pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "shop"\n');
    match(await k.ok('get pods -n field --as=system:serviceaccount:field:sa --as-group=system:masters'), /./);
  } },
  { command: 'certificate approve', check: async (k) => {
    await k.ok('create -f -', { stdin: JSON.stringify({ apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: `csr-${k.minor}` }, spec: { request: 'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHd01GWUNBUUF3SERFYU1CZ0dBMVVFQXd3UmMyOXRaUzExYzJWeUxtVjRZVzF3YkdVd1dUQVRCZ2NxaGtqTwpQUUlCQmdncWhrak9QUU1CQndOQ0FBUT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==', signerName: 'example.com/any', usages: ['client auth'] } }) });
    match(await k.ok(`certificate approve csr-${k.minor}`), /approved/);
    match(await k.ok(`get csr csr-${k.minor}`), /Approved/);
  } },
  { command: 'a CustomResourceDefinition and its objects', check: async (k) => {
    const schema = { type: 'object', properties: { spec: { type: 'object', description: 'What it is to be.', required: ['size'], properties: { size: { type: 'integer', minimum: 1 }, colour: { type: 'string', default: 'red' } } }, status: { type: 'object', properties: { ready: { type: 'boolean' } } } } };
    const version = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, subresources: { status: {} }, additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }] };
    const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'widgets.example.com' }, spec: { group: 'example.com', scope: 'Namespaced', names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'] }, versions: [version] } };
    match(await k.ok(`apply -f ${k.file('crd.json', definition)}`), /widgets\.example\.com created/);
    match(await k.ok('wait crd/widgets.example.com --for=condition=established --timeout=30s'), /condition met/);
    const widget = (size: unknown): object => ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w1' }, spec: { size } });
    equal(await k.ok(`apply -n field -f ${k.file('widget.json', widget(3))}`), 'widget.example.com/w1 created\n');
    match(await k.ok('get wd -n field'), /^NAME +SIZE\nw1 +3$/m);
    equal(await k.ok("get widget w1 -n field -o 'jsonpath={.spec.colour}'"), 'red');
    match(await k.ok('explain widget.spec.size'), /size <integer>/);
    match(await k.refused(`apply -n field -f ${k.file('widget.json', widget(0))}`), /spec\.size in body should be greater than or equal to 1/);
    match(await k.ok('describe widget w1 -n field'), /Size: +3/);
    match(await k.ok('delete crd widgets.example.com --timeout=30s'), /deleted/);
    match(await k.refused('get widgets -n field'), /the server (?:doesn't have a resource type "widgets"|could not find the requested resource)/);
  } },
];
