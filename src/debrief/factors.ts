import type { Measured } from './measured.ts';
import { harmful } from './effects.ts';
import { badMinutesWords, counted, duration, percent } from './figures.ts';
import { clockOf, wordsOf, type Finding } from './finding.ts';
import { effectWords } from './insights.ts';
import { cite, quoted } from './markdown.ts';
import { causesOf, factsOf } from './record.ts';
import { isDecoy } from './relevance.ts';
import { missingTickets } from './rubric/closing.ts';
import { causeAlert } from './signs.ts';

type Factor = (measured: Measured) => string | null;

/** The conditions that came together, each from the record. Several by nature: no drill has one cause. */
export function factorsOf(measured: Measured): readonly Finding[] {
  return Object.entries(FACTORS).flatMap(([id, tell]) => {
    const text = tell(measured);
    return text === null ? [] : [{ id, text }];
  });
}

const FACTORS = {
  fault: ({ record }) => {
    const begun = causesOf(record);
    if (begun.length === 0) return `The scenario behind this drill: ${quoted(record.scenario.secret)} [header] No fault had begun by the end of the record.`;
    const listed = begun.slice(0, 4).map((cause) => {
      const what = cause.type === 'change-made' ? `the change ${wordsOf(record, cause.what)}` : `${wordsOf(record, cause.kind)} on ${wordsOf(record, cause.target)}`;
      return `${what} from ${clockOf(record, cause.atMs)}${cite(cause.seq)}`;
    });
    return `A condition outside of the room: ${listed.join('; ')}. In the words of the scenario: ${quoted(record.scenario.secret)} [header]`;
  },
  'no-alert-on-cause': ({ record }) => {
    const alerts = factsOf(record, 'alert-fired');
    const first = alerts[0];
    if (first === undefined || causeAlert(record) !== null) return null;
    return `The alerts named symptoms: ${counted(alerts.length, 'alert')} fired, the first for ${wordsOf(record, first.service)}${cite(first.seq)}, and none of them named what the fault was set on.`;
  },
  detection: ({ intervals }) => {
    const { ttd } = intervals;
    if (ttd.state !== 'measured' || ttd.ms < 60_000) return null;
    return `Detection took ${duration(ttd.ms)}: the service level was outside its objective from${cite(ttd.fromSeq)} on, and the first alert or page was${cite(ttd.toSeq)}.`;
  },
  'innocent-changes': innocentChanges,
  'what-the-actions-moved': ({ record, effects }) => {
    const worse = harmful(effects).slice(0, 3).map((effect) => effectWords(record, effect)).filter((words) => words !== null);
    return worse.length === 0 ? null : `The service level moved with the response itself. ${worse.join(' ')}`;
  },
  'long-search': ({ intervals }) => {
    const { ttdx } = intervals;
    if (ttdx.state === 'undefined' || ttdx.ms < 5 * 60_000) return null;
    return ttdx.state === 'measured'
      ? `The search took ${duration(ttdx.ms)} from the page${cite(ttdx.fromSeq)} to the hypothesis that names the cause${cite(ttdx.toSeq)}.`
      : `In the ${duration(ttdx.ms)} after the page${cite(ttdx.fromSeq)} no hypothesis on record names the cause.`;
  },
  'no-check-after-change': ({ rubric }) => {
    const verify = rubric.find(({ id }) => id === 'B10');
    if (verify === undefined || verify.level === null || verify.level === 4) return null;
    return `Effects of changes stayed out of sight for a while: ${lowerFirst(verify.why).replace(/\.$/, '')}${cite(...verify.evidence)}. No tool in the room asked for a check after a change.`;
  },
  'nothing-else-changed': ({ record, anchors, impact }) => {
    if (record.actions.length > 0 || anchors.page === null) return null;
    return `No change was made after the page${cite(anchors.page.seq)}; the condition lasted, and the impact reached ${badMinutesWords(impact.badMinutes)}.`;
  },
  'open-ends': ({ record }) => {
    const missing = missingTickets(record).filter((party) => party !== 'any');
    const resolve = record.facts.find((fact) => fact.type === 'resolve-claimed');
    if (missing.length === 0 || resolve === undefined) return null;
    return `At the /resolve${cite(resolve.seq)} no ticket to ${missing.map((party) => wordsOf(record, party)).join(' or ')} was on record, and nothing in the room listed who was still to be told.`;
  },
  'woken-again': ({ record, scores }) => {
    if (scores.durability.value !== 0) return null;
    return `The condition outlived the /resolve: within 60 simulated minutes of it the alerts came back${cite(...scores.durability.evidence)}. The /resolve${cite(scores.durability.evidence[0])} listed ${failingWords(record)}.`;
  },
  headroom: ({ record, impact }) => {
    if (impact.peak === null) return null;
    return `The service had no way to leave the affected part out by itself: at the peak ${percent(impact.peak.badShare)} of the requests to ${wordsOf(record, record.scenario.slo.service)} were bad, ${impact.peak.burn.toFixed(0)} times what the objective allows${cite(impact.peak.seq)}.`;
  },
} as const satisfies Record<string, Factor>;

function innocentChanges({ record, anchors }: Measured): string | null {
  const untilMs = anchors.fault?.atMs ?? anchors.impact?.atMs ?? 0;
  const causes = new Set<number>(causesOf(record).map(({ seq }) => seq));
  const known = factsOf(record, 'change-made').filter((change) => change.atMs <= untilMs && !causes.has(change.seq));
  const told = record.scenario.changes.filter((change) => change.atMs <= untilMs && !change.cause && !known.some((fact) => fact.what === change.what));
  const all = [...known.map(({ what, seq }) => ({ what, seq })), ...told.map(({ what }) => ({ what, seq: null }))];
  if (all.length === 0) return null;
  const quiet = record.levels.findLast((level) => level.toMs <= (anchors.impact?.atMs ?? 0) && level.badShare <= record.allowedBadShare);
  const shown = all.slice(0, 4).map(({ what, seq }) => `${wordsOf(record, what)}${seq === null ? ' [header]' : cite(seq)}`).join(', ');
  const decoys = all.filter(({ what }) => isDecoy(record.scenario, what)).length;
  const named = decoys > 0 ? ` The scenario names ${decoys} of them as decoys.` : '';
  const level = quiet === undefined ? '' : ` After them and before the impact the service level was inside its objective${cite(quiet.seq)}.`;
  return `${counted(all.length, 'change')} stood in the change log from before the fault and offered another explanation: ${shown}.${level}${named}`;
}

function failingWords(record: Measured['record']): string {
  const resolve = record.facts.find((fact) => fact.type === 'resolve-claimed');
  const failing = resolve?.type === 'resolve-claimed' ? resolve.failing : [];
  return failing.length === 0 ? 'no check as open' : `${counted(failing.length, 'open check')}: ${failing.slice(0, 4).map((check) => wordsOf(record, check)).join(', ')}`;
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
