/** An image's name taken apart as the distribution specification has it. */
export interface Reference {
  /** `docker.io`, where none is written. */
  readonly host: string;
  /** Without its host: `library/nginx`. */
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`, or null. */
  readonly digest: string | null;
  /** As containerd writes it: `docker.io/library/nginx:latest`. */
  readonly canonical: string;
}

/** The reference that an image is named by; null where it is none ("invalid reference format"). */
export function parseReference(image: string): Reference | null {
  const parts = REFERENCE.exec(image);
  if (parts === null || image.length > 255 + 128) return null;
  const [, name = '', tag, digest] = parts;
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hosted = first.includes('.') || first.includes(':') || first === 'localhost';
  const host = hosted ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io';
  const path = hosted ? name.slice(slash + 1) : name;
  if (!PATH.test(path) || (tag !== undefined && tag.length > 128)) return null;
  const repository = host === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  const shownTag = tag ?? 'latest';
  return { host, repository, tag: shownTag, digest: digest ?? null, canonical: `${host}/${repository}${digest === undefined ? `:${shownTag}` : `@${digest}`}` };
}

const REFERENCE = /^([^@\s]+?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/;
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
