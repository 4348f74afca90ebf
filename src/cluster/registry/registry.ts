import { digest } from '../../time/dice.ts';
import { flat } from '../flat-text.ts';
import type { DeclaredImage, TrafficSpec } from '../spec.ts';
import { type PublicImage, publicImage } from './catalogue.ts';
import { parseReference, type Reference } from './reference.ts';
import { hasTag } from './tags.ts';

export type Resolved = { readonly ok: true; readonly image: PublicImage; readonly declared: DeclaredImage | null; readonly reference: Reference } | { readonly ok: false; readonly message: string };

/** The registries of the world, as the container runtime of a node finds them. */
export class Registry {
  readonly #declared: Readonly<Record<string, DeclaredImage>>;
  readonly #ownHosts: ReadonlySet<string>;

  /** `declared` by image without its tag; `ownHosts`: registries that resolve because the cluster has images there. */
  constructor(declared: Readonly<Record<string, DeclaredImage>>, ownHosts: ReadonlySet<string>) {
    this.#declared = declared;
    this.#ownHosts = new Set([...ownHosts, ...Object.keys(declared).map((name) => parseReference(name)?.host ?? '')]);
  }

  /** What an image is, or the words of containerd 1.7 for why it cannot be had. `pullHosts`: registries that the pod has a secret for. */
  resolve(image: string, pullHosts: ReadonlySet<string>): Resolved {
    const reference = parseReference(image);
    if (reference === null) return { ok: false, message: `couldn't parse image name "${image}": invalid reference format` };
    const written = this.#declaredAs(image, reference);
    if (written !== undefined) return declaredImage(image, reference, written, pullHosts);
    const found = publicImage(reference.host, reference.repository);
    if (found !== undefined) {
      return reference.digest !== null || hasTag(found, reference.tag) ? { ok: true, image: found, declared: null, reference } : refusal(reference, 'NotFound', `${reference.canonical}: not found`);
    }
    return refusal(reference, ...this.#unknown(reference));
  }

  /** What an image does, wherever it comes from; undefined for one that nobody has. */
  contents(image: string): { readonly image: PublicImage; readonly declared: DeclaredImage | null } | undefined {
    const reference = parseReference(image);
    if (reference === null) return undefined;
    const declared = this.#declaredAs(image, reference);
    if (declared !== undefined) return { image: likeness(declared), declared };
    const found = publicImage(reference.host, reference.repository);
    return found === undefined ? undefined : { image: found, declared: null };
  }

  #declaredAs(image: string, { host, repository }: Reference): DeclaredImage | undefined {
    const bare = image.replace(/@sha256:.*$/, '').replace(/:[^:/]*$/, '');
    for (const name of [bare, `${host}/${repository}`]) if (Object.hasOwn(this.#declared, name)) return this.#declared[name];
    return undefined;
  }

  /** In the words of each registry. Sources: containerd's docker resolver and the registries' own answers. */
  #unknown({ host, repository, tag, canonical, digest: wanted }: Reference): ['NotFound' | 'Unknown', string] {
    const manifest = `https://${host}/v2/${repository}/manifests/${wanted ?? tag}`;
    if (host === 'docker.io') return ['Unknown', 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'];
    if (host === 'ghcr.io') return ['Unknown', `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://ghcr.io/token?scope=repository%3A${repository.replaceAll('/', '%2F')}%3Apull&service=ghcr.io: 403 Forbidden`];
    if (host === 'quay.io') return ['Unknown', `unexpected status from HEAD request to ${manifest}: 401 UNAUTHORIZED`];
    if (host === 'gcr.io' || host === 'us-docker.pkg.dev') return ['Unknown', `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://${host}/v2/token?scope=repository%3A${repository.replaceAll('/', '%2F')}%3Apull&service=${host}: 403 Forbidden`];
    if (PUBLIC_HOSTS.has(host) || this.#ownHosts.has(host)) return ['NotFound', `${canonical}: not found`];
    const name = host.replace(/:\d+$/, '');
    if (name === 'localhost' || name === '127.0.0.1') return ['Unknown', `failed to do request: Head "${manifest.replace('https', 'http')}": dial tcp 127.0.0.1:${/:(\d+)$/.exec(host)?.[1] ?? '80'}: connect: connection refused`];
    if (/^\d+(?:\.\d+){3}$/.test(name)) return ['Unknown', `failed to do request: Head "${manifest}": dial tcp ${name}:${/:(\d+)$/.exec(host)?.[1] ?? '443'}: i/o timeout`];
    return ['Unknown', `failed to do request: Head "${manifest}": dial tcp: lookup ${name} on ${RESOLVER}:53: no such host`];
  }
}

const PUBLIC_HOSTS: ReadonlySet<string> = new Set(['registry.k8s.io', 'k8s.gcr.io', 'public.ecr.aws', 'mcr.microsoft.com', 'mirror.gcr.io', 'docker.elastic.co', 'registry.gitlab.com', 'registry.access.redhat.com']);
/** The name server of the nodes' own network. */
const RESOLVER = '192.168.0.2';

function declaredImage(image: string, reference: Reference, declared: DeclaredImage, pullHosts: ReadonlySet<string>): Resolved {
  const { host, repository, tag, canonical } = reference;
  if (declared.private && !pullHosts.has(host)) return refusal(reference, 'Unknown', 'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials');
  if (declared.rateLimited) {
    return { ok: false, message: `rpc error: code = Unknown desc = failed to pull and unpack image "${canonical}": failed to copy: httpReadSeeker: failed open: unexpected status code https://${host === 'docker.io' ? 'registry-1.docker.io' : host}/v2/${repository}/manifests/sha256:${digest(image).repeat(4)}: 429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: https://www.docker.com/increase-rate-limit` };
  }
  if (reference.digest === null && !declared.tags.includes(tag)) return refusal(reference, 'NotFound', `${canonical}: not found`);
  return { ok: true, image: likeness(declared), declared, reference };
}

function likeness({ like, operator }: DeclaredImage): PublicImage {
  if (operator !== undefined) return { runs: 'pause', command: ['/manager'], tools: 'none', ports: [8_081], extra: [], uid: 65_532, newest: 0, sizeMib: 48, needsOneOf: [] };
  const reference = like === null ? null : parseReference(like);
  const found = reference === null ? undefined : publicImage(reference.host, reference.repository);
  return found ?? { runs: 'pause', command: ['/app'], tools: 'everything', ports: [], extra: [], uid: 0, newest: 0, sizeMib: 40, needsOneOf: [] };
}

function refusal({ canonical }: Reference, code: 'NotFound' | 'Unknown', why: string): Resolved {
  return { ok: false, message: `rpc error: code = ${code} desc = failed to pull and unpack image "${canonical}": failed to resolve reference "${canonical}": ${why}` };
}

/** The registries that a cluster's own programs come from. */
export function programHosts({ programs }: Pick<TrafficSpec, 'programs'>): ReadonlySet<string> {
  return new Set(Object.keys(programs).flatMap((image) => parseReference(image)?.host ?? []).filter((host) => host !== 'docker.io'));
}

/** The digest that an image's name is known by on the node: `docker.io/library/nginx@sha256:…`. */
export function imageIdOf(image: string): string {
  const reference = parseReference(image);
  const name = reference === null ? image : `${reference.host}/${reference.repository}`;
  if (reference?.digest != null) return `${name}@${reference.digest}`;
  return flat(name, '@sha256:', digest(image), digest(`${image}/1`), digest(`${image}/2`), digest(`${image}/3`));
}
