import type { Agenda } from '../../../time/agenda.ts';
import { HOUR_MS, MINUTE_MS } from '../../../time/sim-time.ts';
import type { AgendaEntry } from '../../agenda-entry.ts';
import type { Ref } from '../../objects.ts';
import type { AnyObject, ObjectStore } from '../../store.ts';
import type { ChangeLog } from '../change-log.ts';
import { DeclaredState } from './declared-state.ts';
import { type PlannedChange, resourceText } from './plan-text.ts';

/** The cluster is taken to be as declared an hour before people begin to look. */
const SETTLED_MS = -HOUR_MS;
const FIRST_RUN_MS = -7 * MINUTE_MS;
const EVERY_MS = 10 * MINUTE_MS;

/** Terraform's look for drift, every ten minutes: what it finds stands in the change log once, and again when it is something else. */
export class DriftDetection implements AgendaEntry {
  readonly #agenda: Agenda<AgendaEntry>;
  readonly #changes: ChangeLog;
  readonly #declared: DeclaredState;
  #told = '';

  constructor(agenda: Agenda<AgendaEntry>, store: ObjectStore, changes: ChangeLog) {
    this.#agenda = agenda;
    this.#changes = changes;
    this.#declared = new DeclaredState(store);
    agenda.add(Math.max(agenda.nowMs, SETTLED_MS), { due: () => this.#declared.adoptAll() });
    agenda.add(Math.max(agenda.nowMs, FIRST_RUN_MS), this);
  }

  /** A pipeline wrote this object. */
  adopt(ref: Ref): void {
    this.#declared.adopt(ref);
  }

  /** What `terraform plan -refresh-only` prints now. */
  text(): string[] {
    return driftText(this.#declared.drift());
  }

  due(): void {
    this.#agenda.addAfter(EVERY_MS, this);
    const found = this.#declared.drift();
    const names = found.map(nameOf).join(', ');
    if (names === this.#told) return;
    this.#told = names;
    const what = found.length === 0 ? 'drift: none is left' : `drift: ${found.length === 1 ? `${names} differs` : `${found.length} objects differ`} from the code`;
    this.#changes.add({ atMs: this.#agenda.nowMs, who: 'terraform', what, details: driftText(found) });
  }
}

/** `configmap/shop-flags` */
function nameOf({ before, after }: PlannedChange): string {
  const { kind, metadata } = (after ?? before) as AnyObject;
  return `${kind.toLowerCase()}/${metadata.name}`;
}

function driftText(found: readonly PlannedChange[]): string[] {
  if (found.length === 0) return ['No changes. Your infrastructure still matches the configuration.'];
  return ['Note: Objects have changed outside of Terraform', '', ...found.flatMap((change) => [...resourceText(change, 'has'), ''])].slice(0, -1);
}
