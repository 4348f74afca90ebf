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
  /** Has been spoken to, or has acknowledged a page. Who sleeps confirms nothing. */
  #awake = false;
  /** The page that is waking this person up. */
  #wakingFor: string | null = null;

  constructor(die: Die, persona: Persona) {
    this.#die = die;
    this.#persona = PERSONAS[persona];
  }

  turn(view: SeatNow): Turn {
    for (const words of view.heard) this.#queue.push(...this.#answer(words));
    if (view.heard.length > 0) this.#awake = true;
    const { ringing, screen } = view;
    if (ringing !== null && ringing !== this.#wakingFor) {
      this.#wakingFor = ringing;
      return { line: null, nextMs: Math.round(this.#die.between(25, 75) * SECOND_MS) };
    }
    if (ringing !== null) {
      if (!this.#greeted) this.#queue.unshift(this.#persona.hello, '/role communications');
      this.#greeted = true;
      this.#awake = true;
      return { line: `/ack ${ringing}`, nextMs: this.#pause() };
    }
    if (this.#awake && screen().awaitingConfirm !== null) return { line: '/confirm', nextMs: this.#pause() };
    const line = this.#queue.shift();
    if (line === undefined) return WAIT;
    return { line: line === TELL ? this.#tell(view) : line, nextMs: this.#pause() };
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
    const telling = block.text.filter((line) => /error|fail|timed out|exhausted|slow|!/i.test(line));
    const lines = (telling.length > 0 ? telling : block.text).slice(-2).map((line) => cutAt(line.trim()));
    return `I see: ${lines.join(' / ')}`;
  }
}

/** As much of a line as one would read out, cut between words. */
function cutAt(line: string): string {
  return line.length <= 140 ? line : `${line.slice(0, line.lastIndexOf(' ', 139) > 0 ? line.lastIndexOf(' ', 139) : 139)} …`;
}

/** Stands in the queue for: say what came out. */
const TELL = '\u0000tell';
