import { expect, test } from 'vitest';
import { blamelessComplaints } from '../../src/debrief/blameless.ts';
import { debriefOf } from '../../src/debrief/debrief.ts';
import { hotWash } from '../../src/debrief/hot-wash.ts';
import { postmortemMarkdown } from '../../src/debrief/postmortem.ts';
import { scorecard } from '../../src/debrief/scorecard.ts';
import type { Timeline } from '../../src/journal/timeline.ts';
import { aTimeline } from '../support/a-timeline.ts';
import { johnnysNight, johnsNight, pagedNight, theSlowSite } from '../support/the-slow-site.ts';

const NIGHTS = {
  john: johnsNight().build(),
  johnny: johnnysNight().build(),
  nobody: pagedNight().ends('45m', 'timebox').build(),
  unpaged: aTimeline().ends('45m', 'timebox').build(),
  nothing: { ...aTimeline().build(), facts: [] },
} as const satisfies Record<string, Timeline>;
const EACH = Object.entries(NIGHTS);

test.each(EACH)('the document of %s has its sections in order, and none is empty', (_, timeline) => {
  const document = write(timeline);
  const parts = document.split(/^## /m).slice(1);
  expect(parts.map((part) => part.split('\n')[0])).toEqual([
    'Summary of the issue', 'How to reply to such an issue', 'Action plan', 'Impact', 'Detection', 'Timeline', 'Contributing factors',
    'What helped, what surprised us, where we got lucky', 'Undo and risk notes', 'Both sides’ due diligence', 'Open questions',
    'What-if appendix', 'Roles and responders', 'Behaviours on the record',
  ]);
  for (const part of parts) expect(part.split('\n').slice(1).join('').trim().length).toBeGreaterThan(20);
});

test.each(EACH)('the document of %s keeps the prose rules', (_, timeline) => {
  expect(blamelessComplaints(write(timeline), ['Ana Prescott', 'Benedikt'])).toEqual([]);
});

test.each(EACH)('what the document of %s cites exists', (_, timeline) => {
  const cited = [...write(timeline).matchAll(/ \[#(\d+)\]/g)].map((match) => Number(match[1]));
  expect(cited.filter((seq) => !timeline.facts.some((fact) => fact.seq === seq))).toEqual([]);
});

test.each(EACH)('what the document of %s concludes shows its evidence', (_, timeline) => {
  const { insights, factors } = debriefOf(timeline, theSlowSite());
  expect(factors.length).toBeGreaterThan(0);
  for (const { id, text } of [...insights, ...factors]) expect(text, id).toMatch(/\[(?:#\d+|header)\]/);
});

test('a drill with an impact has several contributing factors', () => {
  for (const night of [NIGHTS.john, NIGHTS.johnny, NIGHTS.nobody]) expect(debriefOf(night, theSlowSite()).factors.length).toBeGreaterThan(2);
});

test.each(EACH)('the rows of the timeline of %s are in order of time, each with one evidence', (_, timeline) => {
  const table = write(timeline).split('## Timeline')[1]?.split('## ')[0] ?? '';
  const rows = table.split('\n').filter((line) => line.startsWith('| 2026'));
  const times = rows.map((line) => line.slice(2, 22));
  expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  for (const line of rows) expect(line).toMatch(/^\| \S+Z \| .+ \| (?:\[#\d+\]|\[header\]) \|$/);
  expect(rows[0]).toContain('4.1.0 to 4.2.0');
});

test('the plan has an owner, a date on the drill’s clock and a done-test in every row', () => {
  const { plan } = debriefOf(NIGHTS.johnny, theSlowSite());
  expect(plan.length).toBeGreaterThan(3);
  for (const item of plan) {
    expect(item.due).toMatch(/^2026-0[23]-\d\d$/);
    expect(item.owner).not.toBe('');
    expect(item.doneWhen.length).toBeGreaterThan(20);
  }
});

test('the reply to John’s night is what he did that worked', () => {
  const reply = write(NIGHTS.john).split('## How to reply')[1]?.split('## Action plan')[0] ?? '';
  expect(reply).toMatch(/\d\. Change: `kubectl -n shop set env deploy\/checkout ADDRESS_CHECK=off` \[#\d+\]/);
  expect(reply).toContain('**Trigger.**');
  expect(reply).toContain('**Check.**');
  expect(reply).toContain('**Undo.** `kubectl undo checkout`');
});

test('Johnny’s document says what his restarts moved, and offers the reference response instead', () => {
  const document = write(NIGHTS.johnny);
  expect(document).toMatch(/After `kubectl -n shop rollout restart deploy\/storefront` \[#14\] the mean bad share rose from \d+% in the 3 min before to \d+%/);
  expect(document).toContain('These are the steps of the reference response');
  expect(document).toContain('With nothing done, the same minutes of the same drill cost 16.0 bad minutes');
});

test('names stay in the roles section, also where people called each other by them', () => {
  const document = write(johnsNight().say('5m', '@Benedikt please watch the database for 5 min', 'responder-1', 'responder-2').build());
  const [before, after] = document.split('## Roles and responders');
  expect(before).not.toContain('Benedikt');
  expect(before).toContain('@responder 2 please watch');
  expect(after).toContain('`Benedikt`');
});

const HOSTILE = ['a|b|c', '`` ``` `', '<script>alert(1)</script>', '[x](javascript:alert(1))', '![i](http://e.vil/p.png)', 'line\n## Heading', '\u001b[31mred\u001b[0m', '\u202eevil', '$&$1', '--> <!--', 'www.evil.example', '# h', ''];

test.each(HOSTILE)('a drill full of %j is inert Markdown', (text) => {
  const seats = [{ seat: 'responder-1', role: 'responder', name: text, driver: 'person' }, { seat: 'responder-2', role: 'responder', name: 'Bo', driver: 'john' }] as const;
  const timeline = johnsNight({ drillId: text, seats })
    .say('5m', text).hypothesis('5m30s', `partner ${text}`, 'H2').ticket('10m', text).alert('4m', text)
    .write('6m50s', `kubectl ${text}`, `deployments/${text.replaceAll('/', '')}`).fact('7m', { type: 'inject-said', inject: 'x', from: text, text }).build();
  const scenario = theSlowSite({ title: text, synopsis: text, secret: text });
  const document = postmortemMarkdown(debriefOf(timeline, scenario));
  const bare = withoutCode(document);
  expect(bare).not.toMatch(/<[a-z!/]/i);
  expect(bare).not.toMatch(/(?<!\\)\]\(|(?<!\\)!\[/);
  expect(bare).not.toMatch(/www\.|:\/\/|@/);
  expect(document).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
  expect(document.match(/^#{1,6} /gm)?.length).toBe(15);
  const columns = [...document.matchAll(/^\|.*\|$/gm)].map(([line]) => line.replaceAll('\\|', '').split('|').length);
  expect(new Set(columns)).toEqual(new Set(columns.filter((count) => [5, 6, 7, 8, 10].includes(count))));
});

test('the same timeline gives the same bytes', () => {
  const again = JSON.parse(JSON.stringify(NIGHTS.john)) as Timeline;
  expect(write(again)).toBe(write(NIGHTS.john));
  expect(JSON.stringify(scorecard(debriefOf(again, theSlowSite())))).toBe(JSON.stringify(scorecard(debriefOf(NIGHTS.john, theSlowSite()))));
});

test.each(EACH)('the hot wash of %s fits a screen of 80 columns', (_, timeline) => {
  const { headline, lines } = hotWash(debriefOf(timeline, theSlowSite()));
  expect([headline, ...lines].filter((line) => line.length > 78)).toEqual([]);
});

test('the scorecard keeps the order of its keys', () => {
  expect(Object.keys(scorecard(debriefOf(NIGHTS.john, theSlowSite())))).toEqual([
    'format', 'version', 'drillId', 'engine', 'scenario', 'seed', 'startsAt', 'outcome', 'missed', 'slo', 'anchors', 'intervals', 'impact', 'score', 'shares', 'rubric', 'ghosts', 'plan',
  ]);
});

function write(timeline: Timeline): string {
  return postmortemMarkdown(debriefOf(timeline, theSlowSite()));
}

function withoutCode(document: string): string {
  return document.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, 'code');
}
