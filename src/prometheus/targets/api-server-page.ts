import { seatsOf } from '../../cluster/flow-control/seats.ts';
import type { Measured } from '../measured.ts';
import { Page } from '../page.ts';

/** What the API server says of those who ask it, and of how it shares itself among them. Source: pkg/util/flowcontrol/metrics of k8s.io/apiserver. */
export function apiServerPage({ flow, store }: Measured): Page {
  const page = new Page();
  const { flows, counts } = flow;
  const bySchema = new Map<string, { readonly labels: { readonly priority_level: string; readonly flow_schema: string }; dispatched: number; rejected: number }>();
  for (const { schema, level, verb, resource, dispatched, rejected } of counts.values()) {
    const request = { verb: verb.toUpperCase(), resource, component: 'apiserver' };
    page.counter('apiserver_request_total', 'Counter of apiserver requests broken out for each verb, group, version, resource, scope, component, and HTTP response code.', { ...request, code: '200' }, Math.round(dispatched));
    if (rejected >= 1) page.counter('apiserver_request_total', '', { ...request, code: '429' }, Math.round(rejected));
    const sum = bySchema.get(schema) ?? { labels: { priority_level: level, flow_schema: schema }, dispatched: 0, rejected: 0 };
    bySchema.set(schema, { ...sum, dispatched: sum.dispatched + dispatched, rejected: sum.rejected + rejected });
  }
  for (const { labels, dispatched, rejected } of bySchema.values()) {
    page.counter('apiserver_flowcontrol_dispatched_requests_total', 'Number of requests executed by API Priority and Fairness subsystem', labels, Math.round(dispatched));
    if (rejected >= 1) page.counter('apiserver_flowcontrol_rejected_requests_total', 'Number of requests rejected by API Priority and Fairness subsystem', { ...labels, reason: 'queue-full' }, Math.round(rejected));
  }
  for (const { of, executing, waiting } of flows) {
    const labels = { priority_level: of.level.metadata.name, flow_schema: of.schema.metadata.name };
    page.gauge('apiserver_flowcontrol_current_executing_requests', 'Number of requests in initial (for a WATCH) or any (for a non-WATCH) execution stage in the API Priority and Fairness subsystem', labels, Math.round(executing));
    page.gauge('apiserver_flowcontrol_current_executing_seats', 'Concurrency (number of seats) occupied by the currently executing (initial stage for a WATCH, any stage otherwise) requests in the API Priority and Fairness subsystem', labels, Math.round(executing));
    page.gauge('apiserver_flowcontrol_current_inqueue_requests', 'Number of requests currently pending in queues of the API Priority and Fairness subsystem', labels, Math.round(waiting));
  }
  for (const level of store.list('PriorityLevelConfiguration', null)) {
    const seats = seatsOf(store, level);
    if (seats !== null) page.gauge('apiserver_flowcontrol_nominal_limit_seats', 'Nominal number of execution seats configured for each priority level', { priority_level: level.metadata.name }, seats.nominal);
  }
  return page;
}
