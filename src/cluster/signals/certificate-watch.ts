import type { Agenda } from '../../time/agenda.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, type SimMs } from '../../time/sim-time.ts';
import type { AgendaEntry } from '../agenda-entry.ts';
import { type Certificate, readCertificate } from '../certificates/certificate.ts';
import type { ClusterClock } from '../cluster-clock.ts';
import { decoded } from '../containers/environment.ts';
import type { KindMap } from '../objects.ts';
import type { ObjectStore } from '../store.ts';
import type { ChangeLog } from './change-log.ts';

/** A certificate in a Secret. Times are simulated ms. */
export interface KnownCertificate {
  readonly secret: { readonly namespace: string; readonly name: string };
  readonly names: readonly string[];
  readonly issuer: string;
  readonly fromMs: SimMs;
  readonly untilMs: SimMs;
}

/** Once an hour somebody looks at the dates. */
const FIRST_LOOK_MS = -23 * MINUTE_MS;
/** From so long before its end on a certificate is spoken of, and again. */
const SPOKEN_OF_MS = [14 * DAY_MS, 2 * DAY_MS] as const;

/**
 * Certificates of the Secrets of type `kubernetes.io/tls`: one that takes the place of another stands in the change log as
 * renewed; one that ends soon is spoken of there within the hour, once, and once more near its end. Without such Secrets nothing is done.
 */
export class CertificateWatch {
  readonly #store: ObjectStore;
  readonly #clock: ClusterClock;
  readonly #changes: ChangeLog;
  readonly #read = new WeakMap<KindMap['Secret'], Certificate | null>();
  /** By what a Secret held: how many of the moments have been spoken of. */
  readonly #spoken = new Map<string, number>();

  constructor({ agenda, store, clock, changes }: { readonly agenda: Agenda<AgendaEntry>; readonly store: ObjectStore; readonly clock: ClusterClock; readonly changes: ChangeLog }) {
    this.#store = store;
    this.#clock = clock;
    this.#changes = changes;
    store.watchKind('Secret', (type, after, before) => {
      if (type === 'MODIFIED' && before !== null && after.type === TLS && after.data?.['tls.crt'] !== before.data?.['tls.crt'] && clock.nowMs > 0) this.#renewed(before, after);
    });
    const look: AgendaEntry = { due: () => {
      agenda.addAfter(HOUR_MS, look);
      this.#look();
    } };
    agenda.add(Math.max(agenda.nowMs, FIRST_LOOK_MS), look);
  }

  /** All of them, those that end first first. */
  all(): KnownCertificate[] {
    const found = this.#store.list('Secret', null).flatMap((secret): KnownCertificate[] => {
      const certificate = this.#certificateOf(secret);
      return certificate === null ? [] : [this.#known(secret, certificate)];
    });
    return found.toSorted((one, other) => one.untilMs - other.untilMs || (one.secret.name < other.secret.name ? -1 : 1));
  }

  #known({ metadata: { namespace = '', name } }: KindMap['Secret'], { names, issuer, notBeforeMs, notAfterMs }: Certificate): KnownCertificate {
    const bornMs = this.#clock.unixMs(0);
    return { secret: { namespace, name }, names, issuer, fromMs: notBeforeMs - bornMs, untilMs: notAfterMs - bornMs };
  }

  #certificateOf(secret: KindMap['Secret']): Certificate | null {
    if (secret.type !== TLS) return null;
    let certificate = this.#read.get(secret);
    if (certificate === undefined) this.#read.set(secret, (certificate = readCertificate(decoded(secret)['tls.crt'] ?? '')));
    return certificate;
  }

  #renewed(before: KindMap['Secret'], after: KindMap['Secret']): void {
    const [was, is] = [this.#certificateOf(before), this.#certificateOf(after)];
    // One that is put back in time was not renewed: it only turned out to be old.
    if (is === null || was === null || is.notAfterMs <= was.notAfterMs) return;
    this.#changes.add({ atMs: this.#clock.nowMs, who: 'certificates', what: `secret/${after.metadata.name}: certificate renewed, good until ${dayOf(is.notAfterMs)}`, details: [`issuer ${is.issuer}`, `names  ${is.names.join(', ')}`, `before good until ${dayOf(was.notAfterMs)}`] });
  }

  #look(): void {
    const { nowMs } = this.#clock;
    for (const { secret: { namespace, name }, untilMs, names, issuer } of this.all()) {
      const leftMs = untilMs - nowMs;
      const level = SPOKEN_OF_MS.filter((ms) => leftMs < ms).length;
      const key = `${namespace}/${name}/${untilMs}`;
      if (leftMs <= 0 || level <= (this.#spoken.get(key) ?? 0)) continue;
      this.#spoken.set(key, level);
      this.#changes.add({ atMs: nowMs, who: 'certificates', what: `secret/${name}: certificate ends in ${leftMs < 2 * DAY_MS ? `${Math.round(leftMs / HOUR_MS)} h` : `${Math.floor(leftMs / DAY_MS)} days`}`, details: [`issuer ${issuer}`, `names  ${names.join(', ')}`, `until  ${dayOf(this.#clock.unixMs(untilMs))}`] });
    }
  }
}

const TLS = 'kubernetes.io/tls';

function dayOf(unixMs: number): string {
  return `${new Date(unixMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
