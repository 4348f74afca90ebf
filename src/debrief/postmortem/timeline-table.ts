import type { Fact } from '../../journal/timeline.ts';
import { formatInstant } from '../../time/sim-time.ts';
import type { Debrief } from '../debrief.ts';
import { wordsOf } from '../finding.ts';
import { cite, head, row } from '../markdown.ts';
import { factsOf } from '../record.ts';
import { factWords } from './timeline-words.ts';

/** What happened in order, one fact a row, from the changes before the impact on. */
export function timelineSection(debrief: Debrief): readonly string[] {
  const { record } = debrief;
  const marked = markedLevels(debrief);
  const rows = record.facts
    .filter((fact) => fact.type !== 'service-level-measured' || marked.has(fact.seq))
    .filter((fact) => fact.type !== 'workload-ready-changed' || isNews(record.facts, fact))
    .filter((fact) => fact.type !== 'command-refused' || !wasRefusedBefore(record.facts, fact))
    .filter((fact) => fact.type !== 'observed' || (fact.tool !== 'kubectl exec' && !wasToldBefore(record.facts, fact))) // what was run has a row of its own
    .flatMap((fact) => {
      const words = factWords(record, fact);
      const mark = marked.get(fact.seq);
      return words === null ? [] : [{ atMs: fact.atMs, words: mark === undefined ? words : `${mark}. ${words}`, evidence: cite(fact.seq).trim() }];
    });
  const known = new Set(factsOf(record, 'change-made').map(({ what }) => what));
  const told = record.scenario.changes
    .filter((change) => change.atMs <= (record.facts[0]?.atMs ?? 0) && !known.has(change.what))
    .map((change) => ({ atMs: change.atMs, words: `Change by ${wordsOf(record, change.who)}: ${wordsOf(record, change.what)}`, evidence: '[header]' }));
  const all = [...told.sort((a, b) => a.atMs - b.atMs), ...rows];
  return [...head(['UTC', 'What', 'Evidence']), ...all.map(({ atMs, words, evidence }) => row([formatInstant(record.scenario.startsAtMs + atMs), words, evidence]))];
}

/** The few measurements that get a row: what was normal, the start, the peak, the return. */
function markedLevels({ record, anchors, impact }: Debrief): ReadonlyMap<number, string> {
  const marked = new Map<number, string>();
  const mark = (seq: number | undefined, words: string): void => {
    if (seq !== undefined && !marked.has(seq)) marked.set(seq, words);
  };
  const impactSeq = anchors.impact?.seq;
  const normal = record.levels.findLast((level) => impactSeq === undefined || (level.seq < impactSeq && level.badShare <= record.allowedBadShare));
  mark(normal?.seq, impactSeq === undefined ? 'Last measurement' : 'Normal before the impact');
  mark(impactSeq, 'Impact began');
  mark(impact.peak !== null && impact.peak.badShare > record.allowedBadShare ? impact.peak.seq : undefined, 'Peak');
  mark(anchors.mitigation?.seq, 'Back inside the objective');
  return marked;
}

/** A line of a real program gets a row for its looks once, however many things it showed. */
function wasToldBefore(facts: readonly Fact[], fact: Fact<'observed'>): boolean {
  const cause = fact.causeSeq === null ? undefined : facts[fact.causeSeq - 1];
  return cause?.type === 'tool-started' && facts.some((one) => one.type === 'observed' && one.seq < fact.seq && one.causeSeq === fact.causeSeq);
}

/** A line that was refused gets a row once. */
function wasRefusedBefore(facts: readonly Fact[], fact: Fact<'command-refused'>): boolean {
  return facts.some((one) => one.type === 'command-refused' && one.seq < fact.seq && one.seat === fact.seat && one.line === fact.line);
}

/** Readiness gets a row where a workload is down to none, first falls short, or is whole again. */
function isNews(facts: readonly Fact[], fact: Fact<'workload-ready-changed'>): boolean {
  const before = facts.findLast((one): one is Fact<'workload-ready-changed'> => one.type === 'workload-ready-changed' && one.seq < fact.seq && one.workload === fact.workload);
  const short = fact.ready < fact.desired;
  const wasShort = before !== undefined && before.ready < before.desired;
  return short !== wasShort || (fact.ready === 0 && before?.ready !== 0);
}
