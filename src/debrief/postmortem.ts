import { DAY_MS, formatInstant } from '../time/sim-time.ts';
import type { Debrief } from './debrief.ts';
import { code, prose } from './markdown.ts';
import { behavioursSection, questionsSection, rolesSection, whatIfSection } from './postmortem/appendix.ts';
import { detectionSection, impactSection } from './postmortem/figures-sections.ts';
import { factorsSection, helpedSection, planSection } from './postmortem/findings-sections.ts';
import { replySection } from './postmortem/reply.ts';
import { diligenceSection, undoSection } from './postmortem/risk.ts';
import { summarySection } from './postmortem/summary.ts';
import { timelineSection } from './postmortem/timeline-table.ts';

type Section = (debrief: Debrief) => readonly string[];

/** The document's sections in their order. The first three are never empty. */
const SECTIONS = {
  'Summary of the issue': summarySection,
  'How to reply to such an issue': replySection,
  'Action plan': planSection,
  Impact: impactSection,
  Detection: detectionSection,
  Timeline: timelineSection,
  'Contributing factors': factorsSection,
  'What helped, what surprised us, where we got lucky': helpedSection,
  'Undo and risk notes': undoSection,
  'Both sides’ due diligence': diligenceSection,
  'Open questions': questionsSection,
  'What-if appendix': whatIfSection,
  'Roles and responders': rolesSection,
  'Behaviours on the record': behavioursSection,
} as const satisfies Record<string, Section>;

/**
 * The postmortem of a drill as Markdown. `[#42]` is fact number 42 of the timeline, `[header]` its first line. The same
 * timeline gives the same bytes; what people wrote stands in code spans, and roles in place of names.
 */
export function postmortemMarkdown(debrief: Debrief): string {
  const { record } = debrief;
  const started = formatInstant(record.scenario.startsAtMs);
  const lines = [
    `# Postmortem: ${prose(record.scenario.title)}`,
    '',
    `Drill ${code(record.timeline.header.drillId)} of ${started}, on a simulated cluster. Times are UTC on the drill’s clock; \`[#42]\` is fact 42 of \`timeline.jsonl\`.`,
    '',
    `Status: draft. ${reviewWords(debrief)} Then: in review, reviewed, closed.`,
  ];
  for (const [title, write] of Object.entries(SECTIONS)) lines.push('', `## ${title}`, '', ...write(debrief));
  return `${lines.join('\n')}\n`;
}

/** Within 3 calendar days for SEV-1, 5 working days for the rest; 30 to 60 minutes. */
function reviewWords({ record }: Debrief): string {
  const page = record.facts.find((fact) => fact.type === 'page-sent');
  const severity = page?.type === 'page-sent' ? page.severity : 'SEV-2';
  let dayMs = record.scenario.startsAtMs;
  let left = severity === 'SEV-1' ? 3 : 5;
  while (left > 0) {
    dayMs += DAY_MS;
    const weekday = new Date(dayMs).getUTCDay();
    if (severity === 'SEV-1' || (weekday !== 0 && weekday !== 6)) left--;
  }
  const within = severity === 'SEV-1' ? '3 calendar days' : '5 working days';
  return `Review by ${formatInstant(dayMs).slice(0, 10)} (${severity}: within ${within}), 30 to 60 minutes, with the pair and the owners of what was touched.`;
}
