import type { FlowControl, Verdict } from '../cluster/flow-control/flow-control.ts';
import { text, type Answer } from './answer.ts';

/** The 429 for whom the API server has no room for now. Source: pkg/server/filters/priority-and-fairness.go of k8s.io/apiserver. */
export function tooManyRequests(verdict: Verdict): Answer {
  return text(429, 'Too many requests, please try again later.\n', 'text/plain; charset=utf-8', { 'retry-after': '1', 'x-content-type-options': 'nosniff', ...headersOf(verdict) });
}

/** An answer that says by which rules it had its turn, and comes when it has. */
export function inTurn(answer: Answer, verdict: Verdict, flow: FlowControl): Answer {
  if (answer.kind !== 'whole') return answer;
  const { delayMs } = verdict;
  const { kind, code, type, bytes } = answer;
  return {
    kind, code, type, headers: { ...answer.headers, ...headersOf(verdict) }, ...(bytes === undefined ? {} : { bytes }), ...(delayMs < 5 ? {} : { held: (release) => flow.after(delayMs, release) }),
    // Made of the bytes only for whom asks for it.
    get body() {
      return answer.body;
    },
  };
}

function headersOf({ classified }: Verdict): Record<string, string> {
  return classified === null ? {} : { 'x-kubernetes-pf-flowschema-uid': classified.schema.metadata.uid ?? '', 'x-kubernetes-pf-prioritylevel-uid': classified.level.metadata.uid ?? '' };
}
