/** Exit code of a program whose reader went away, by the shell's convention (128 + SIGPIPE). */
const READER_GONE = 141;

/**
 * Ends the program quietly once nobody reads its output any more (`| head`), and with a sentence where the output cannot
 * be written. A terminal that went away is left to the signals that come with it: a drill closes its pages first.
 */
export function endWithLostOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (process.stdout.isTTY) return;
    if (error.code === 'EPIPE') process.exit(READER_GONE);
    process.stderr.write(`The output could not be written: ${error.message}.\n`);
    process.exit(2);
  });
  process.stderr.on('error', () => undefined);
}
