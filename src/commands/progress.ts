/** Progress of something that may take longer than a second, on the error stream of a terminal; silent elsewhere. */
export function progress(what: string, total: number): { step(): void; done(): void } {
  const { stderr } = process;
  if (!stderr.isTTY || total < 2) return { step: () => undefined, done: () => undefined };
  const startedMs = performance.now();
  let steps = 0;
  return {
    step() {
      steps++;
      if (performance.now() - startedMs < 1_000) return;
      const filled = Math.round((steps / total) * 20);
      stderr.write(`\r${what} ${'━'.repeat(filled)}${'╌'.repeat(20 - filled)} ${steps}/${total}\u001b[K`);
    },
    done: () => stderr.write('\r\u001b[K'),
  };
}
