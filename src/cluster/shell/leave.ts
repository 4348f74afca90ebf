/** Ends loops, functions and commands from within. `levels`: how many loops are still to be left. */
export class Leave extends Error {
  readonly what: 'break' | 'continue' | 'return' | 'interrupt';
  readonly levels: number;
  readonly code: number;

  constructor(what: Leave['what'], levels: number, code: number) {
    super(what);
    this.what = what;
    this.levels = levels;
    this.code = code;
  }
}
