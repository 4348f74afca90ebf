import { DAY_MS, formatInstant } from '../../time/sim-time.ts';
import { type Certificate, readCertificate } from '../certificates/certificate.ts';
import { issuedCertificate, issuedKey } from '../certificates/issued.ts';
import { decoded } from '../containers/environment.ts';
import type { KindMap, Ref } from '../objects.ts';
import { CERTIFICATE_NAME } from '../operators/certificate-keeper.ts';
import { edgeSecretsOf } from '../traffic/edge-certificate.ts';
import { hostsOf, tlsSecretsOf } from '../traffic/shown-certificate.ts';
import type { FaultKind, FaultSettings, FaultWorld } from './fault.ts';
import { bare, err, type Mistake } from './mistakes.ts';
import { podsOf } from './restarts.ts';
import { AUTHOR } from './settings.ts';
import { templateOf } from './template-fault.ts';
import { workloadBehind } from './workload-behind.ts';

export const certificateExpired: FaultKind = {
  word: 'certificate-expired',
  group: 'network',
  summary: 'The certificate of a Service has expired, of its pods or at the Ingress before it: whoever calls it refuses it.',
  target: 'service',
  settings: { after: { type: 'duration', required: false, fallback: 0, summary: 'How long from then on it is still good, and who watches certificates is warned.' }, ...AUTHOR },
  lore: {
    symptoms: ['Every call of one Service fails at once: x509, certificate has expired. Its pods are well, and nobody has changed anything.'],
    mitigations: [],
    fix: 'Put a certificate into its Secret that is good, and restart what has read the old one; the controller of an Ingress reads by itself. Where cert-manager keeps it, let that run again.',
    example: {
      target: 'tariffs', settings: {},
      signs: ['call.errors shop/pricing→shop/tariffs rises'],
      cure: ['kubectl apply -f manifests/secret-tariffs-tls.yaml', 'kubectl -n shop rollout restart deploy/tariffs'],
      tempting: 'kubectl -n shop rollout restart deploy/tariffs',
    },
  },
  begin: (world, target, settings) => {
    const ref = workloadBehind(world, target);
    const untilMs = world.unixMs() + Number(settings['after']) - 1_000;
    const secret = shownBy(world, target, ref);
    const known = secret === null ? null : readCertificate(decoded(secret)['tls.crt'] ?? '');
    if (secret === null || known === null) return serveTls(world, target, ref, untilMs, settings);
    if (Number(settings['after']) > 0) remind(world, secret, untilMs, settings);
    const resume = secret.metadata.annotations?.[CERTIFICATE_NAME] === undefined ? null : stopKeeper(world, settings);
    const back = age(world, secret, known, untilMs);
    return () => {
      back();
      resume?.();
    };
  },
};

/** The Secret with the certificate that a workload's pods show, or that Ingresses show to users of the Service; null where all speak plainly. */
function shownBy(world: FaultWorld, service: string, ref: Ref): KindMap['Secret'] | null {
  const secret = (_: 'Secret', namespace: string, name: string): KindMap['Secret'] | undefined => {
    const found = world.api.get('Secret', namespace, name);
    return found.ok ? found.object : undefined;
  };
  const [mounted] = tlsSecretsOf(templateOf(world, ref), ref.namespace, { get: secret as Parameters<typeof tlsSecretsOf>[2]['get'] });
  return mounted ?? edgeSecretsOf(world.api.list('Ingress', ref.namespace), service).map((name) => secret('Secret', ref.namespace, name)).find((one) => one !== undefined) ?? null;
}

/** Who would have renewed it does not run: somebody has scaled it down and forgot. */
function stopKeeper(world: FaultWorld, settings: FaultSettings): () => void {
  const keepers = world.api.list('Deployment', null).filter(({ spec }) => spec?.template.spec?.containers.some(({ image = '' }) => image.includes('cert-manager-controller')) === true);
  const refs = keepers.map(({ metadata }) => ({ kind: 'Deployment', namespace: metadata.namespace ?? '', name: metadata.name }) as const);
  const undo = err(world, refs.map((ref) => ({ do: 'patch', ref, patch: { type: 'merge', body: { spec: { replicas: 0 } } } })), settings, refs.map(({ name }) => `deployment/${name}: scaled to 0 until its upgrade`).join(', '));
  // They were gone long before.
  for (const { namespace, name } of refs) for (const { metadata } of podsOf(world, namespace, name)) world.api.delete({ kind: 'Pod', namespace, name: metadata.name }, { gracePeriodSeconds: 0 });
  return undo;
}

/** Its last day has come: the certificate that was always there is one that ends now. Nobody did anything. */
function age(world: FaultWorld, secret: KindMap['Secret'], known: Certificate, untilMs: number): () => void {
  const pem = issuedCertificate({ ...known, notBeforeMs: untilMs - LIFE_MS, notAfterMs: untilMs });
  const aged = readCertificate(pem) ?? known;
  const before = secret.data?.['tls.crt'] ?? '';
  world.restore({ ...secret, data: { ...secret.data, 'tls.crt': btoa(pem) } });
  world.reshow(known, aged);
  return () => {
    const now = world.api.get('Secret', secret.metadata.namespace ?? '', secret.metadata.name);
    if (now.ok && now.object.data?.['tls.crt'] === btoa(pem)) world.restore({ ...now.object, data: { ...now.object.data, 'tls.crt': before } });
    world.reshow(aged, known);
  };
}

/** Whoever keeps the certificates says beforehand that one of them ends. */
function remind(world: FaultWorld, secret: KindMap['Secret'], untilMs: number, settings: FaultSettings): void {
  const entry = String(settings['entry'] ?? '');
  if (entry !== 'none') world.note(settings['who'] === 'pipeline' ? 'pki' : String(settings['who']), entry === '' ? `secret/${secret.metadata.name}: certificate ends ${formatInstant(untilMs)}, not renewed yet` : entry);
}

/** Where it spoke plainly until now, a pipeline has it serve TLS, with a certificate that somebody made long ago. */
function serveTls(world: FaultWorld, service: string, ref: Ref, untilMs: number, settings: FaultSettings): () => void {
  const spec = templateOf(world, ref);
  const [first] = spec?.containers ?? [];
  if (spec === undefined || first === undefined) return () => undefined;
  const names = hostsOf(service);
  const name = `${names[0] ?? ''}-tls`;
  const data = { 'tls.crt': btoa(issuedCertificate({ subject: names[2] ?? '', issuer: 'cluster-services-ca', names, notBeforeMs: untilMs - LIFE_MS, notAfterMs: untilMs })), 'tls.key': btoa(issuedKey()) };
  const mounts: Mistake[] = [
    { do: 'create', object: bare({ apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name, namespace: ref.namespace }, data }) },
    { do: 'patch', ref, patch: { type: 'strategic', body: { spec: { template: { spec: { volumes: [{ name: 'tls', secret: { secretName: name } }], containers: [{ name: first.name, volumeMounts: [{ name: 'tls', mountPath: '/etc/tls', readOnly: true }] }] } } } } } },
  ];
  return err(world, mounts, settings, `${ref.kind.toLowerCase()}/${ref.name}: serve TLS with secret/${name}`);
}

/** As long as public authorities let a certificate last, until lately. */
const LIFE_MS = 398 * DAY_MS;
