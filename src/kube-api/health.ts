import { nothingThere, text, type Answer } from './answer.ts';

/** `/healthz`, `/livez`, `/readyz`, or one check of theirs. All is always well: a server that is not would not answer. */
export function health(path: string, part: string | null, query: URLSearchParams): Answer {
  const known = [...CHECKS, ...(path === 'readyz' ? READINESS : [])];
  if (part !== null) return known.includes(part) ? text(200, 'ok') : nothingThere();
  if (!query.has('verbose')) return text(200, 'ok');
  const excluded = new Set(query.getAll('exclude'));
  const lines = known.map((one) => (excluded.has(one) ? `[+]${one} excluded: ok\n` : `[+]${one} ok\n`));
  const unknown = [...excluded].filter((one) => !known.includes(one)).map((one) => JSON.stringify(one));
  const warning = unknown.length === 0 ? '' : `warn: some health checks cannot be excluded: no matches for ${unknown.join(', ')}\n`;
  return text(200, `${lines.join('')}${warning}${path} check passed\n`);
}

/** Those of a 1.32 server, in its order. */
const CHECKS: readonly string[] = [
  'ping', 'log', 'etcd',
  ...[
    'start-apiserver-admission-initializer', 'generic-apiserver-start-informers', 'start-apiextensions-informers', 'start-apiextensions-controllers', 'crd-informer-synced',
    'start-system-namespaces-controller', 'start-cluster-authentication-info-controller', 'start-kube-apiserver-identity-lease-controller', 'start-kube-apiserver-identity-lease-garbage-collector',
    'start-legacy-token-tracking-controller', 'start-service-ip-repair-controllers', 'rbac/bootstrap-roles', 'scheduling/bootstrap-system-priority-classes', 'priority-and-fairness-config-producer',
    'bootstrap-controller', 'start-kube-aggregator-informers', 'apiservice-status-local-available-controller', 'apiservice-status-remote-available-controller', 'apiservice-registration-controller',
    'apiservice-discovery-controller', 'kube-apiserver-autoregistration',
  ].map((hook) => `poststarthook/${hook}`),
  'autoregister-completion', 'poststarthook/apiservice-openapi-controller', 'poststarthook/apiservice-openapiv3-controller',
];
const READINESS: readonly string[] = ['informer-sync', 'shutdown'];
