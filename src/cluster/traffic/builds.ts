import { splitImage } from '../image.ts';
import type { ProgramSpec, TrafficSpec } from '../spec.ts';
import { programOf } from './program.ts';

/** Images of programs that were built while the world ran, beside those that its description has, and what each was built from. */
export class Builds {
  readonly #spec: TrafficSpec;
  /** By image: the one whose code it began with; null for one that shares nothing bad with any other. */
  readonly #from = new Map<string, string | null>();

  constructor(spec: TrafficSpec) {
    this.#spec = spec;
  }

  /** Pushes an image. One that is there stays what it is. */
  publish(image: string, from: string | null): void {
    if (!this.has(image)) this.#from.set(image, from);
  }

  /** Whether the registry has an image of one of the programs. */
  has(image: string): boolean {
    const { repository, tag } = splitImage(image);
    return this.#from.has(image) || programOf(this.#spec, repository)?.tags.includes(tag) === true;
  }

  /** Whether an image is one of the programs', whatever its tag. */
  knows(image: string): boolean {
    return programOf(this.#spec, splitImage(image).repository) !== undefined;
  }

  /** What an image's program does; undefined for one that is none of the programs'. */
  programOf(image: string): ProgramSpec | undefined {
    return programOf(this.#spec, splitImage(image).repository);
  }

  /** An image and all that it was built from, the newest first: what is wrong in the one is wrong in those built from it. */
  lineage(image: string): readonly string[] {
    const line = [image];
    for (let before = this.#from.get(image); before !== null && before !== undefined && !line.includes(before); before = this.#from.get(before)) line.push(before);
    return line;
  }

  /** The image that a pipeline would push next: the last number of the version is one more, and nobody has it yet. */
  next(image: string): string {
    const { repository, tag } = splitImage(image);
    const [, before = '1.0.', number = '0', variant = ''] = /^((?:\D*\d+\.)*\D*)(\d+)(-.*)?$/.exec(tag) ?? [];
    for (let nth = Number(number) + 1; ; nth++) {
      const candidate = `${repository}:${before}${nth}${variant}`;
      if (!this.has(candidate)) return candidate;
    }
  }
}
