import type { Answer } from '../kube-api/answer.ts';

/**
 * The same answer, begun to stream at once: what comes before its listener opens it is held for it. A watch knows from
 * the moment of its answer on what happens next; opened later, it would miss what happened in between.
 */
export function openedStream(answer: Extract<Answer, { kind: 'stream' }>): Answer {
  let held: string[] = [];
  let listener: { readonly push: (text: string) => void; readonly end: () => void } | null = null;
  let ended = false;
  const stream = answer.open(
    (text) => (listener === null ? void held.push(text) : listener.push(text)),
    () => {
      ended = true;
      listener?.end();
    },
  );
  return {
    ...answer,
    open: (push, end) => {
      listener = { push, end };
      for (const text of held) push(text);
      held = [];
      if (ended) end();
      return stream;
    },
  };
}
