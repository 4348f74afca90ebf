/** Packets of a call and its answer, and how long a sender waits before it sends one again, twice as long each time. */
const PACKETS = 6;
const RESEND_MS = 200;
/** So often it tries before its peer is taken to be gone. */
const TRIES = 4;

/** What it costs a call that a share of its packets arrives with a wrong checksum: those are dropped, and sent again later. */
export function corruption(share: number): { readonly ms: number; readonly loss: number } {
  if (share <= 0) return { ms: 0, loss: 0 };
  let ms = 0;
  let lost = share;
  let waitMs = RESEND_MS;
  for (let nth = 1; nth < TRIES; nth++) {
    ms += lost * waitMs;
    lost *= share;
    waitMs *= 2;
  }
  let arrives = 1;
  for (let nth = 0; nth < PACKETS; nth++) arrives *= 1 - lost;
  return { ms: ms * PACKETS, loss: 1 - arrives };
}

/** What a queue before a narrow way holds, as the time that it takes to empty it. */
const BUFFER_MS = 400;

/**
 * What a way costs that carries `kibPerS`, when answers of `answerKib` come at a rate: the time that an answer takes on it, the
 * wait behind others, and, where more comes than it carries, the share that its queue drops.
 */
export function narrowWay(kibPerS: number, answerKib: number, ratePerS: number): { readonly ms: number; readonly loss: number } {
  const ownMs = (answerKib / kibPerS) * 1000;
  const load = (ratePerS * answerKib) / kibPerS;
  if (load >= 1) return { ms: ownMs + BUFFER_MS, loss: 1 - 1 / load };
  return { ms: ownMs + Math.min(BUFFER_MS, (ownMs * load) / (2 * (1 - load))), loss: 0 };
}
