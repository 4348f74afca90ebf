import type { Call } from '../../shell/machine.ts';
import type { Steps } from '../../shell/process.ts';
import { bytesOfText, writeOut } from '../../shell/streams.ts';

/** Writes a text and ends with a code. */
export function* say(call: Call, text: string, code = 0): Steps {
  yield* writeOut(call.task, call.io.stdout, bytesOfText(text));
  return code;
}

/** Complains and ends with a code. */
// eslint-disable-next-line require-yield
export function* complain(call: Call, text: string, code = 1): Steps {
  call.io.stderr.write(bytesOfText(`${text}\n`));
  return code;
}
