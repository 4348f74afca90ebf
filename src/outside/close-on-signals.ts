/** What ends a program from outside, and its exit code by the shell's convention (128 + signal). */
const ENDINGS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Ctrl-C reaches the launcher and the program, and the launcher passes it on: what comes so soon is the same one. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Closes what is open before a signal ends the program: nobody's phone goes on ringing for a drill that is over. Another
 * signal, a second later or more, ends it at once. Where Ctrl-C is not `meant` for this program (another has the
 * terminal), it is not heard. Returns how to stop listening.
 */
export function closeOnSignals(close: () => Promise<void>, meant: () => boolean = () => true): () => void {
  let closingSinceMs: number | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGINT' && !meant()) return;
    const code = ENDINGS[signal as keyof typeof ENDINGS];
    if (closingSinceMs !== null) {
      if (performance.now() - closingSinceMs >= SAME_SIGNAL_MS) process.exit(code);
      return;
    }
    closingSinceMs = performance.now();
    void close().finally(() => process.exit(code));
  };
  for (const signal of Object.keys(ENDINGS)) process.on(signal, onSignal);
  return () => {
    for (const signal of Object.keys(ENDINGS)) process.off(signal, onSignal);
  };
}
