import { numberText } from '../exposition.ts';
import type { Monitoring } from '../monitoring.ts';
import type { Rule, RuleGroup } from '../rules/rule.ts';
import type { ActiveAlert } from '../rules/rule-engine.ts';
import { invalid } from './parameters.ts';
import { json, type HttpAnswer, type Parameters } from './answers.ts';
import { metric } from './query-answers.ts';

/** `/api/v1/rules`, of one type, or of files, groups or rules by their names. */
export function rules(monitoring: Monitoring, parameters: Parameters): HttpAnswer {
  const type = parameters.get('type')?.[0] ?? '';
  if (!['', 'alert', 'record'].includes(type)) return invalid('type', `not supported value ${JSON.stringify(type)}`);
  const kind = { alert: 'alerting', record: 'recording' }[type];
  const named = (parameter: string): ((name: string) => boolean) => {
    const names = parameters.get(parameter) ?? [];
    return (name) => names.length === 0 || names.includes(name);
  };
  const [isFile, isGroup, isRule] = [named('file[]'), named('rule_group[]'), named('rule_name[]')];
  const groups = monitoring.rules.groups.map((group) => ({ ...group, file: placeOf(group.file) })).filter(({ file, name }) => isFile(file) && isGroup(name));
  const filtered = groups.map((group) => ({ ...group, rules: group.rules.filter((rule) => (kind === undefined || rule.kind === kind) && isRule(rule.name)) }));
  const left = parameters.has('rule_name[]') ? filtered.filter((group) => group.rules.length > 0) : filtered;
  return json({ groups: left.map((group) => groupAnswer(monitoring, group)) });
}

/** Where a server would have a file of rules, wherever its author keeps it. */
function placeOf(file: string): string {
  return `/etc/prometheus/rules/${file.slice(file.lastIndexOf('/') + 1)}`;
}

/** `/api/v1/alerts`. */
export function alerts({ rules: engine }: Monitoring): HttpAnswer {
  return json({ alerts: engine.active().map(alertAnswer) });
}

function groupAnswer(monitoring: Monitoring, { name, file, intervalMs, rules: all }: RuleGroup): object {
  const last = all.map((rule) => monitoring.rules.health(rule)?.atMs ?? 0);
  return {
    name, file, rules: all.map((rule) => ruleAnswer(monitoring, rule)),
    interval: intervalMs / 1000, limit: 0, evaluationTime: 0, lastEvaluation: instant(Math.max(0, ...last)),
  };
}

function ruleAnswer({ rules: engine }: Monitoring, rule: Rule): object {
  const health = engine.health(rule);
  const shared = { name: rule.name, query: rule.expr, labels: rule.labels, health: health === null ? 'unknown' : health.error === '' ? 'ok' : 'err', ...(health !== null && health.error !== '' ? { lastError: health.error } : {}), evaluationTime: 0, lastEvaluation: instant(health?.atMs ?? 0) };
  if (rule.kind === 'recording') return { ...shared, type: 'recording' };
  const active = engine.active(rule);
  const state = active.some((alert) => alert.state === 'firing') ? 'firing' : active.length > 0 ? 'pending' : 'inactive';
  return { state, ...shared, duration: rule.forMs / 1000, keepFiringFor: rule.keepFiringMs / 1000, annotations: rule.annotations, alerts: active.map(alertAnswer), type: 'alerting' };
}

function alertAnswer({ labels, annotations, state, activeAtMs, value }: ActiveAlert): object {
  return { labels: metric(labels), annotations, state, activeAt: instant(activeAtMs), value: numberText(value) };
}

function instant(unixMs: number): string {
  return new Date(unixMs).toISOString();
}
