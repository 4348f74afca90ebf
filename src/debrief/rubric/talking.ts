import { isA, type Fact } from '../../journal/timeline.ts';
import { MINUTE_MS, type SimMs } from '../../time/sim-time.ts';
import type { Anchors } from '../anchors.ts';
import { counted, duration } from '../figures.ts';
import { factsOf, type DrillRecord } from '../record.ts';
import { notApplicable, shows, type RubricItem } from './judgement.ts';

export const closedLoop: RubricItem = {
  behaviour: 'closed loop',
  detection: 'of the requests to a named seat, those with a time box that the addressee reads back within 60 s: 0 below 25%, 1 below 50%, 2 to 75%, 3 below 90%, 4 from 90%',
  judge: (record) => {
    const said = factsOf(record, 'said');
    const requests = said.filter((fact) => isRequest(fact) && !isAnswer(fact, said));
    if (requests.length === 0) return notApplicable('no request was addressed to a seat');
    const closed = requests.filter((request) => TIME_BOX.test(request.text) && answerTo(request, said) !== null);
    const share = closed.length / requests.length;
    const level = share >= 0.9 ? 4 : share > 0.75 ? 3 : share >= 0.5 ? 2 : share >= 0.25 ? 1 : 0;
    return shows(level, `${closed.length} of ${requests.length} requests had a time box and were read back.`, requests.flatMap((request) => [request.seq].concat(answerTo(request, said) ?? [])));
  },
};

export const cadence: RubricItem = {
  behaviour: 'update cadence',
  detection: 'from the page to the /resolve: gaps between updates of at most 10 min to the team and 30 min to stakeholders: 0 no update, 1 more gaps, 2 one gap, 3 kept, 4 kept and one of them names conditions, actions and needs',
  judge: (record, anchors) => {
    const span = incidentSpan(record, anchors);
    if (span === null) return notApplicable('no page was sent');
    const updates = factsOf(record, 'update-posted');
    if (span.toMs - span.fromMs <= TEAM_GAP_MS && updates.length === 0) return notApplicable('the incident was over within 10 min');
    const team = gaps(span, updates, TEAM_GAP_MS);
    const stakeholders = gaps(span, updates.filter((update) => update.audience === 'stakeholders'), STAKEHOLDER_GAP_MS);
    const evidence = updates.map((update) => update.seq);
    if (updates.length === 0) return shows(0, `No update was posted in ${duration(span.toMs - span.fromMs)}.`, evidence);
    const missed = team + stakeholders;
    if (missed > 0) return shows(missed === 1 ? 2 : 1, `${missed} ${missed === 1 ? 'gap was' : 'gaps were'} longer than agreed.`, evidence);
    const can = updates.find((update) => isCan(update.text));
    return shows(can === undefined ? 3 : 4, `${counted(updates.length, 'update')} kept the cadence${can === undefined ? '' : ', with conditions, actions and needs'}.`, evidence);
  },
};

export const timelyHelp: RubricItem = {
  behaviour: 'timely help',
  detection: 'where the search went on for more than 10 min without the right hypothesis, help was asked for: 0 never, 2 later, 3 in time, 4 in time and with context',
  judge: (record, anchors) => {
    const { engage, diagnosis } = anchors;
    if (engage === null) return notApplicable('no search was begun');
    const endMs = diagnosis?.atMs ?? incidentSpan(record, anchors)?.toMs ?? record.censorMs;
    if (endMs - engage.atMs <= OWN_SEARCH_MS) return notApplicable(`the search lasted ${duration(Math.max(0, endMs - engage.atMs))}`);
    const asked = record.facts.find((fact) => fact.seq > engage.seq && asksForHelp(fact));
    if (asked === undefined) return shows(0, `The search went on for ${duration(endMs - engage.atMs)} without a question to anybody.`, [engage.seq]);
    if (asked.atMs - engage.atMs > OWN_SEARCH_MS) return shows(2, `Help was asked for ${duration(asked.atMs - engage.atMs)} into the search.`, [engage.seq, asked.seq]);
    const context = asked.type === 'said' && asked.text.trim().split(/\s+/).length >= 6;
    return shows(context ? 4 : 3, `Help was asked for ${duration(asked.atMs - engage.atMs)} into the search.`, [engage.seq, asked.seq]);
  },
};

const TEAM_GAP_MS = 10 * MINUTE_MS;
const STAKEHOLDER_GAP_MS = 30 * MINUTE_MS;
const OWN_SEARCH_MS = 10 * MINUTE_MS;
const TIME_BOX = /\b\d+\s*(?:s|secs?|seconds?|m|mins?|minutes?)\b|\b(?:by|until|till)\s+\d{1,2}[:.]\d{2}\b/i;
const ASKING = /\?|\b(?:please|can you|could you|would you|will you|look at|check|take|watch|tell|file|read|call|ask|post|write)\b/i;
const HELP = /\bhelp\b|\bstuck\b|\bany(?:one|body)\b.*\?|\bwho knows\b|\bdo you know\b/i;

function isRequest(fact: Fact<'said'>): boolean {
  return fact.to !== null && fact.to !== fact.seat && ASKING.test(fact.text);
}

/** A message to the seat that asked within the minute before is its answer. */
function isAnswer(fact: Fact<'said'>, said: readonly Fact<'said'>[]): boolean {
  return said.some((one) => one.seq < fact.seq && one.seat === fact.to && one.to === fact.seat && fact.atMs - one.atMs <= MINUTE_MS && isRequest(one));
}

function answerTo(request: Fact<'said'>, said: readonly Fact<'said'>[]): readonly number[] | null {
  const answer = said.find((one) => one.seq > request.seq && one.seat === request.to && one.atMs - request.atMs <= MINUTE_MS);
  return answer === undefined ? null : [answer.seq];
}

function isCan(text: string): boolean {
  return /\bconditions?\b|\bc:/i.test(text) && /\bactions?\b|\ba:/i.test(text) && /\bneeds?\b|\bn:/i.test(text);
}

interface Span {
  readonly fromMs: SimMs;
  readonly toMs: SimMs;
}

function incidentSpan(record: DrillRecord, { page }: Anchors): Span | null {
  if (page === null) return null;
  const resolve = record.facts.find(isA('resolve-claimed'));
  return { fromMs: page.atMs, toMs: Math.max(page.atMs, Math.min(resolve?.atMs ?? record.censorMs, record.censorMs)) };
}

function gaps(span: Span, updates: readonly Fact<'update-posted'>[], longestMs: number): number {
  const inside = updates.map((update) => update.atMs).filter((atMs) => atMs >= span.fromMs && atMs <= span.toMs);
  const moments = [span.fromMs, ...inside, span.toMs];
  return moments.filter((atMs, at) => at > 0 && atMs - (moments[at - 1] ?? 0) > longestMs).length;
}

function asksForHelp(fact: Fact): boolean {
  if (fact.type === 'command-given') return /^\s*\/hint\b/.test(fact.line);
  if (fact.type === 'said') return HELP.test(fact.text) || (fact.to !== null && fact.text.includes('?'));
  return false;
}
