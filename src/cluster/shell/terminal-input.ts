import { Pipe } from './streams.ts';

/** What is typed at a terminal. Its size is 0 by 0 until the client says how large its window is. */
export class TerminalInput extends Pipe {
  rows = 0;
  columns = 0;
}
