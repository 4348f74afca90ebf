/** What ends a program from outside, and its exit code by the shell's convention (128 + signal). */
const ENDINGS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Closes what is open before a signal ends the program: nobody's phone goes on ringing for a drill that is over. A
 * second signal ends it at once. Returns how to stop listening.
 */
export function closeOnSignals(close: () => Promise<void>): () => void {
  let closing = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = ENDINGS[signal as keyof typeof ENDINGS];
    if (closing) process.exit(code);
    closing = true;
    void close().finally(() => process.exit(code));
  };
  for (const signal of Object.keys(ENDINGS)) process.on(signal, onSignal);
  return () => {
    for (const signal of Object.keys(ENDINGS)) process.off(signal, onSignal);
  };
}
