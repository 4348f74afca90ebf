import { amount, exactly, fieldsOf, listOf, orNull, record, text, textsByName, truth, whole, type Field, type Shape } from './kind.ts';
import type { ApiRequested, GhostRun, Happening, HappeningType, Received, SeatRecord, ServiceLevel, TimelineHeader } from './timeline.ts';

type ShapeOf<Type extends HappeningType> = Shape<Omit<Extract<Happening, { type: Type }>, 'type'>>;

const seat = text;
const severity = exactly('SEV-1', 'SEV-2', 'SEV-3', 'SEV-4');
const outcome = exactly('resolved', 'mitigated', 'timebox', 'worse');
const ms = orNull(amount);
const level = record<ServiceLevel>({ service: text, total: amount, bad: amount, p50Ms: ms, p95Ms: ms });
const bytes = record<Received>({ as: exactly('text', 'base64'), data: text });
const ghost = record<GhostRun>({
  as: exactly('noop', 'golden', 'johnny', 'john', 'random', 'cheat'),
  outcome,
  badMinutes: amount,
  ttmMs: ms,
  ttrMs: ms,
});

/** A new type or field of the timeline breaks the build here until somebody says how it is written and read. */
const SHAPES = {
  'command-given': { seat, line: text },
  'pager-answered': { page: text, person: text, via: exactly('pagerduty') },
  'drill-paused': { reason: exactly('quit', 'asked') },
  'drill-continued': {},
  'tool-started': { seat, line: text },
  'tool-ended': { seat, exit: orNull(whole), lines: whole, shown: text, tail: listOf(text) },
  'api-opened': { seat, user: text, groups: listOf(text), role: text },
  'api-requested': {
    seat,
    user: text,
    groups: listOf(text),
    as: orNull(record<NonNullable<ApiRequested['as']>>({ user: text, groups: listOf(text) })),
    verb: exactly('get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'),
    group: text,
    resource: text,
    subresource: orNull(text),
    namespace: orNull(text),
    name: orNull(text),
    method: text,
    path: text,
    query: text,
    accept: text,
    mediaType: orNull(text),
    body: orNull(bytes),
    upgrade: orNull(text),
    agent: text,
    command: orNull(text),
    session: orNull(text),
    offsetMs: whole,
    code: whole,
    answer: text,
  },
  'process-started': { seat, verb: exactly('exec', 'attach'), namespace: text, pod: text, container: text, command: listOf(text), stdin: truth, tty: truth },
  'process-told': { seat, what: exactly('typed', 'closed', 'resized', 'left'), data: orNull(bytes), columns: orNull(whole), rows: orNull(whole) },
  'pod-asked': { seat, namespace: text, pod: text, port: whole, method: text, path: text, headers: textsByName, body: orNull(bytes) },
  'pod-answered': { seat, status: whole, shown: text },
  'process-exited': { seat, code: whole, shown: text },
  'stage-entered': { stage: text },
  'fault-began': { fault: text, kind: text, target: text },
  'fault-ended': { fault: text, how: exactly('ended', 'cured') },
  'alert-fired': { alert: text, service: text, text, value: amount },
  'alert-cleared': { alert: text, service: text },
  'change-made': { who: text, what: text, target: text },
  'workload-ready-changed': { workload: text, ready: whole, desired: whole },
  'service-level-measured': { slo: level, burn: amount, budgetUsed: amount, services: listOf(level) },
  'page-sent': { page: text, seats: listOf(seat), severity, text, again: truth },
  'page-acknowledged': { page: text, seat, via: exactly('local', 'pagerduty') },
  'page-resolved': { page: text },
  'inject-said': { inject: text, from: text, text },
  'hint-given': { seat: orNull(seat), text },
  'command-refused': { seat, line: text, reason: text },
  observed: {
    seat,
    kind: exactly('changes', 'metrics', 'logs', 'state', 'dependencies', 'traces', 'check'),
    tool: text,
    target: text,
    shown: text,
  },
  'api-written': {
    seat,
    verb: exactly('create', 'update', 'patch', 'delete', 'deletecollection'),
    resource: text,
    namespace: text,
    name: text,
    code: whole,
    undoClass: exactly('U0', 'U1', 'U2', 'U3', 'U4'),
    undo: orNull(text),
    undoes: orNull(whole),
  },
  'flag-flipped': { seat, flag: text, from: text, to: text },
  said: { seat, text, to: orNull(seat) },
  claimed: { seat },
  'role-taken': { seat, role: text },
  'hypothesis-stated': { seat, id: text, text },
  'hypothesis-settled': { seat, id: text, as: exactly('confirmed', 'rejected') },
  'plan-stated': { seat, text },
  verified: { seat, bad: amount, burn: amount, p95Ms: ms, meets: truth },
  'update-posted': { seat, audience: exactly('team', 'stakeholders'), text },
  'ticket-filed': { seat, to: text, text },
  'handed-off': { seat, text },
  'confirm-asked': { seat, line: text },
  confirmed: { seat, command: whole },
  'verdict-reached': { verdict: exactly('mitigated', 'resolved', 'violated'), checks: listOf(text) },
  'verdict-missed': { checks: listOf(text) },
  'resolve-claimed': { seat, failing: listOf(text) },
  'drill-ended': { outcome },
  'ghost-measured': { ghost },
} satisfies { readonly [Type in HappeningType]: ShapeOf<Type> };

/** The fields of each type of fact, in the order in which a line holds them. */
export const FIELDS_OF_FACT: ReadonlyMap<string, readonly Field[]> = new Map(
  Object.entries(SHAPES).map(([type, shape]) => [type, fieldsOf<object>(shape)]),
);

/** The fields of a header that follow its format and version. */
export const FIELDS_OF_HEADER: readonly Field[] = fieldsOf<Omit<TimelineHeader, 'format' | 'version'>>({
  engine: text,
  drillId: text,
  seed: whole,
  scenario: record({ file: text, sha256: text }),
  files: textsByName,
  seats: listOf(
    record<SeatRecord>({
      seat: text,
      role: exactly('dm', 'responder', 'observer', 'stakeholder'),
      name: text,
      driver: exactly('person', 'noop', 'golden', 'johnny', 'john', 'random', 'cheat'),
    }),
  ),
  pager: exactly('local', 'pagerduty', 'none'),
});
