import type { KindMap } from '../../cluster/objects.ts';
import type { ObjectStore } from '../../cluster/store.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

type Secret = KindMap['Secret'];

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';

/**
 * Fills the Secrets that ask for a token of a ServiceAccount, and removes those whose account is gone, as the token
 * controller does. It notes what there is to do and does it when it is told to, between two requests.
 */
export class TokenSecrets {
  readonly #store: ObjectStore;
  readonly #tokens: ServiceAccountTokens;
  readonly #dirty = new Map<string, Secret>();

  constructor(store: ObjectStore, tokens: ServiceAccountTokens) {
    this.#store = store;
    this.#tokens = tokens;
    for (const secret of store.list('Secret', null)) this.#note(secret);
    store.watchKind('Secret', (type, secret) => {
      if (type !== 'DELETED') this.#note(secret);
    });
    store.watchKind('ServiceAccount', (type, { metadata }) => {
      if (type === 'DELETED') for (const secret of store.list('Secret', metadata.namespace ?? '')) if (secret.metadata.annotations?.[NAME] === metadata.name) this.#note(secret);
    });
  }

  tend(): void {
    if (this.#dirty.size === 0) return;
    const noted = [...this.#dirty.values()];
    this.#dirty.clear();
    for (const { metadata } of noted) {
      const secret = this.#store.get('Secret', metadata.namespace ?? '', metadata.name);
      if (secret !== undefined) this.#fill(secret);
    }
    this.#dirty.clear();
  }

  #note(secret: Secret): void {
    if (secret.type === TYPE) this.#dirty.set(`${secret.metadata.namespace ?? ''}/${secret.metadata.name}`, secret);
  }

  #fill(secret: Secret): void {
    const { name, namespace = '', annotations = {} } = secret.metadata;
    const account = this.#store.get('ServiceAccount', namespace, annotations[NAME] ?? '');
    if (account === undefined || (annotations[UID] !== undefined && annotations[UID] !== account.metadata.uid)) {
      this.#store.remove({ kind: 'Secret', namespace, name });
      return;
    }
    if (secret.data?.['token'] !== undefined) return;
    const authority = this.#store.get('ConfigMap', namespace, 'kube-root-ca.crt')?.data?.['ca.crt'] ?? '';
    const data = { ...secret.data, 'ca.crt': btoa(authority), namespace: btoa(namespace), token: btoa(this.#tokens.issueFor(secret, account)) };
    this.#store.update<Secret>({ ...secret, metadata: { ...secret.metadata, annotations: { ...annotations, [UID]: account.metadata.uid ?? '' } }, data });
  }
}
