import type { Die } from '../time/dice.ts';
import { SECOND_MS } from '../time/sim-time.ts';
import type { Script, SeatNow, Turn } from './script.ts';
import { WAIT } from './script.ts';

/** How a partner speaks: what each says on waking, and answers to who asks for an opinion. */
const PERSONAS = {
  john: { hello: "I'm up. You lead? Then I take communications. Tell me what you want looked at.", opinion: 'Before we touch anything: what changed, and which call is the slow one? I would trace it.' },
  johnny: { hello: 'Hi, first week here. Should I just restart something?', opinion: 'Last time a restart of the web servers helped. Shall I?' },
} as const;

export type Persona = keyof typeof PERSONAS;

/**
 * The second seat where one person plays alone: acknowledges, says so, takes a role of their own, and can be asked.
 * `@name run LINE` makes them type that line; `@name look at X` makes them look; they act on nothing unasked.
 */
export class Partner implements Script {
  readonly #die: Die;
  readonly #persona: (typeof PERSONAS)[Persona];
  readonly #queue: string[] = [];
  #told = 0;
  #greeted = false;
  /** Has been spoken to. */
  #spokenTo = false;
  /** The page that is waking this person up. */
  #wakingFor: string | null = null;

  constructor(die: Die, persona: Persona) {
    this.#die = die;
    this.#persona = PERSONAS[persona];
  }

  turn(view: SeatNow): Turn {
    for (const words of view.heard) this.#queue.push(...this.#answer(words));
    if (view.heard.length > 0) this.#spokenTo = true;
    const { ringing, screen } = view;
    if (ringing !== null && ringing !== this.#wakingFor) {
      this.#wakingFor = ringing;
      return { line: null, nextMs: Math.round(this.#die.between(25, 75) * SECOND_MS) };
    }
    if (ringing !== null) {
      if (!this.#greeted) this.#queue.unshift(this.#persona.hello, '/role communications');
      this.#greeted = true;
      return { line: `/ack ${ringing}`, nextMs: this.#pause() };
    }
    if (this.#awake(view) && screen().awaitingConfirm !== null) return { line: '/confirm', nextMs: this.#pause() };
    const line = this.#queue.shift();
    if (line === undefined) return WAIT;
    return { line: line === TELL ? this.#tell(view) : line, nextMs: this.#pause() };
  }

  /** Who sleeps confirms nothing. The screen remembers who acknowledged, also when a drill goes on that was left. */
  #awake({ screen }: SeatNow): boolean {
    return this.#spokenTo || screen().pages.some(({ acknowledged }) => acknowledged.some(({ name }) => name === screen().you));
  }

  #pause(): number {
    return Math.round(this.#die.between(4, 9) * SECOND_MS);
  }

  #answer(said: string): string[] {
    const words = said.replace(/^@\S+(?: \S+)?? ?/, '').trim();
    const run = /\b(?:run|type|please do)\s+(.+)$/i.exec(said);
    if (run?.[1] !== undefined) return [`Running it.`, run[1].replaceAll('`', ''), TELL];
    const look = /\b(changes|dash|logs|trace|curl|kubectl)\b(.*)$/i.exec(words);
    if (look !== null) return ['Looking.', `${(look[1] as string).toLowerCase()}${look[2] ?? ''}`.replace(/[.?!]+$/, ''), TELL];
    const topic = /\b(?:look (?:at|into|after)|check|watch|see (?:on|in|at)|what about|how is) (?:the )?([\w-]+)/i.exec(said);
    if (topic !== null) return [`Looking at ${topic[1]}.`, `dash ${(topic[1] as string).toLowerCase()}`, TELL];
    if (/\b(update|stakeholder|customers?|tell)\b/i.test(said)) return ['/update We are on it: pages are slower than usual. Next word in 15 minutes.', 'Told them.'];
    if (/\bconfirm\b/i.test(said)) return ['/confirm'];
    return [this.#persona.opinion];
  }

  /** Sums up the newest answer: its first telling lines. */
  #tell({ screen }: SeatNow): string | null {
    const block = screen().outputs.at(-1);
    if (block === undefined || block.seq === this.#told) return null;
    this.#told = block.seq;
    if (block.text.length === 0) return 'Done, no output.';
    if (block.status === 'refused') return `That did not work here. ${cutAt(block.text.join(' '))}`;
    if (/^dash\b/.test(block.line)) return `I see: ${offNormal(block.text) ?? 'nothing far from its normal'}`;
    const telling = block.text.filter((line) => /error|fail|timed out|exhausted|slow|!/i.test(line));
    const lines = (telling.length > 0 ? telling : block.text).slice(-2).map((line) => cutAt(line.trim()));
    return `I see: ${lines.join(' / ')}`;
  }
}

/** Of a dashboard, the two lines that are furthest from what is normal, in words; null where none is far off. */
function offNormal(rows: readonly string[]): string | null {
  const far = rows.flatMap((row) => {
    const cells = row.trim().split(/\s{2,}/);
    const [now, normal] = [cells.at(-2) ?? '', cells.at(-1) ?? ''];
    const times = (amountOf(now) + SMALL) / (amountOf(normal) + SMALL);
    const factor = Math.max(times, 1 / times);
    return cells.length > 2 && factor > FAR ? [{ words: `${cells[0]} ${now}, normally ${normal}`, factor }] : [];
  });
  far.sort((one, other) => other.factor - one.factor);
  return far.length === 0 ? null : far.slice(0, 2).map(({ words }) => words).join('; ');
}

/** What is this many times its normal, or this small a part of it, one would tell. */
const FAR = 1.5;
/** Keeps what is next to nothing from being many times something even smaller. */
const SMALL = 0.5;

/** A figure of a dashboard as a number: ms for times. NaN where it is none. */
function amountOf(cell: string): number {
  const [, digits, unit] = /^([\d.]+)\s?(ms|s|%|\/s|MiB)?$/.exec(cell) ?? [];
  return digits === undefined ? Number.NaN : Number(digits) * (unit === 's' ? 1_000 : 1);
}

/** As much of a line as one would read out, cut between words. */
function cutAt(line: string): string {
  return line.length <= 140 ? line : `${line.slice(0, line.lastIndexOf(' ', 139) > 0 ? line.lastIndexOf(' ', 139) : 139)} …`;
}

/** Stands in the queue for: say what came out. */
const TELL = '\u0000tell';
