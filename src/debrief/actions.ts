import type { Fact, SeatId, UndoClass } from '../journal/timeline.ts';
import type { SimMs } from '../time/sim-time.ts';
import { blastOfLine, blastOfWrite, type Blast } from './blast.ts';

/** Something that responders changed: all that one command wrote. Refused writes and reads are none. */
export interface Action {
  /** Of its first fact, and of all of them. */
  readonly seq: number;
  readonly seqs: readonly number[];
  readonly atMs: SimMs;
  readonly seat: SeatId;
  /** The command line as it was typed, or null where the timeline holds none that says what was done. */
  readonly line: string | null;
  /** What was touched, such as `deployments/checkout` or `flag/ADDRESS_CHECK`, each once. */
  readonly targets: readonly string[];
  readonly undoClass: UndoClass;
  /** The command line that takes it back, or null. */
  readonly undo: string | null;
  /** True where it takes an earlier action back. */
  readonly undoes: boolean;
  readonly blast: Blast;
}

type Write = Extract<Fact, { type: 'api-written' | 'flag-flipped' }>;

export function actionsOf(facts: readonly Fact[]): readonly Action[] {
  const lines = new Map<number, string>();
  const groups = new Map<string, Write[]>();
  for (const fact of facts) {
    if (fact.type === 'command-given') lines.set(fact.seq, fact.line);
    if (fact.type === 'tool-started') lines.set(fact.seq, asTyped(fact.line));
    if (fact.type === 'api-requested' && fact.command !== null && fact.causeSeq === null) lines.set(fact.seq, `${fact.command} ${fact.resource}/${fact.name ?? ''}`);
    if (!isWrite(fact)) continue;
    const key = fact.causeSeq === null ? `alone ${fact.seq}` : `${fact.causeSeq}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fact]);
    else group.push(fact);
  }
  return [...groups.values()].map((writes) => actionOf(writes, lines)).filter((action) => action !== null);
}

/** A line as the drill's own tools would have it: a shell's `!` and the short name of kubectl say nothing. */
export function asTyped(line: string): string {
  return line.trim().replace(/^!\s*/, '').replace(/^k(?=\s)/, 'kubectl');
}

/** True for a fact that changed something: a write that the API took, or a flag. */
function isWrite(fact: Fact): fact is Write {
  if (fact.type === 'flag-flipped') return true;
  return fact.type === 'api-written' && fact.code < 400 && fact.undoClass !== 'U0';
}

function actionOf(writes: readonly Write[], lines: ReadonlyMap<number, string>): Action | null {
  const first = writes[0];
  if (first === undefined) return null;
  const given = first.causeSeq === null ? null : (lines.get(first.causeSeq) ?? null);
  const line = given?.trim().startsWith('/confirm') ? null : given;
  return {
    seq: first.seq,
    seqs: writes.map((write) => write.seq),
    atMs: first.atMs,
    seat: first.seat,
    line,
    targets: [...new Set(writes.map(targetOf))],
    undoClass: writes.map(undoClassOf).reduce((worst, next) => (next > worst ? next : worst)),
    undo: writes.map(undoOf).find((undo) => undo !== null) ?? null,
    undoes: line?.trim().startsWith('/undo') === true || writes.some((write) => write.type === 'api-written' && write.undoes !== null),
    blast: (line === null ? null : blastOfLine(line)) ?? blastOfWrite(first),
  };
}

function targetOf(write: Write): string {
  return write.type === 'flag-flipped' ? `flag/${write.flag}` : `${write.resource}/${write.name}`;
}

function undoClassOf(write: Write): UndoClass {
  return write.type === 'flag-flipped' ? 'U1' : write.undoClass;
}

function undoOf(write: Write): string | null {
  return write.type === 'flag-flipped' ? `/flag ${write.flag} ${write.from}` : write.undo;
}
