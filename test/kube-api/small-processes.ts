import type { ContainerTarget, PodRequest, PodResponse, PodTarget, Processes, ProcessOptions, ProcessReceiver, RunningProcess, Started } from '../../src/cluster/processes.ts';

/**
 * The smallest containers that can be reached into. Commands: `echo WORDS`, `cat`, `fail CODE`, `flood BYTES`, and
 * `screen`, which says each size of its terminal and ends at Ctrl-C or Ctrl-D. Pods serve HTTP on 8080, where `/echo`
 * says what was asked, and something else on 5432.
 */
export class SmallProcesses implements Processes {
  /** What was started and what became of it, in words. */
  readonly told: string[] = [];
  /** What its HTTP servers were asked. */
  readonly requests: PodRequest[] = [];
  /** Answers of pods wait here until somebody lets them go; null lets each go at once. */
  held: (() => void)[] | null = null;

  exec({ pod, container }: ContainerTarget, command: readonly string[], options: ProcessOptions, receiver: ProcessReceiver): Started {
    if (container === 'crashed') return { ok: false, code: 404, message: `container not found ("${container}")` };
    const [program = '', ...words] = command;
    const run = PROGRAMS[program];
    if (run === undefined) return { ok: false, code: 500, message: `error executing command in container: OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH: unknown` };
    this.told.push(`${pod}/${container}: ${command.join(' ')}${options.tty ? ' on a terminal' : ''}`);
    const running = run(words, options, receiver);
    return { ok: true, process: { ...running, hangUp: () => { this.told.push(`${pod}/${container}: hung up`); } } };
  }

  attach(target: ContainerTarget, options: ProcessOptions, receiver: ProcessReceiver): Started {
    return this.exec(target, options.tty ? ['screen'] : ['cat'], options, receiver);
  }

  listener(_target: PodTarget, port: number): 'http' | 'tcp' | null {
    return port === 8080 ? 'http' : port === 5432 ? 'tcp' : null;
  }

  request({ pod }: PodTarget, port: number, request: PodRequest, respond: (response: PodResponse) => void): void {
    const { method, path, headers, body } = request;
    this.requests.push(request);
    this.told.push(`${method} http://${pod}:${port}${path}`);
    const found = /^\/(?:echo(?:\?|$)|$)/.test(path);
    const answer = (): void => respond({
      status: found ? 200 : 404,
      headers: { 'content-type': 'text/plain', 'x-asked-by': headers['user-agent'] ?? '' },
      body: Buffer.from(found ? `${method} ${path} ${Buffer.from(body).toString()}\n` : 'there is nothing\n'),
    });
    if (this.held === null) answer();
    else this.held.push(answer);
  }
}

type Program = (words: readonly string[], options: ProcessOptions, receiver: ProcessReceiver) => Omit<RunningProcess, 'hangUp'>;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const DEAF = { stdin: () => undefined, endStdin: () => undefined, resize: () => undefined };

const PROGRAMS: Readonly<Record<string, Program>> = {
  echo: (words, _options, receiver) => {
    receiver.stdout(bytes(`${words.join(' ')}\n`));
    receiver.exited(0);
    return DEAF;
  },
  fail: ([code = '1'], _options, receiver) => {
    receiver.stderr(bytes('it went wrong\n'));
    receiver.exited(Number(code));
    return DEAF;
  },
  flood: ([count = '0'], _options, receiver) => {
    receiver.stdout(new Uint8Array(Number(count)).fill(0x2e));
    receiver.exited(0);
    return DEAF;
  },
  cat: (_words, { stdin }, receiver) => {
    if (!stdin) receiver.exited(0);
    return { stdin: (chunk) => receiver.stdout(chunk), endStdin: () => receiver.exited(0), resize: () => undefined };
  },
  screen: (_words, _options, receiver) => {
    receiver.stdout(bytes('ready\r\n'));
    return {
      stdin: (chunk) => {
        if (chunk.includes(3)) receiver.exited(130);
        else if (chunk.includes(4)) receiver.exited(0);
        else receiver.stdout(chunk);
      },
      endStdin: () => receiver.exited(0),
      resize: (columns, rows) => receiver.stdout(bytes(`${columns}x${rows}\r\n`)),
    };
  },
};
