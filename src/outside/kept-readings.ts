import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** So many of the newest readings are kept. */
const MOST_KEPT = 20;

/**
 * What was read of texts before, kept on disk, so that texts that did not change need not be read again. Whatever is
 * wrong with the folder or a file in it means that nothing is kept; nobody hears of it.
 */
export class KeptReadings {
  readonly #folder: string;
  readonly #reader: string;

  /** `reader` names the build that reads: what another one read is not found. */
  constructor(folder: string, reader: string) {
    this.#folder = folder;
    this.#reader = reader;
  }

  /** What was read of exactly these texts, as it was given to {@link keep}; null where that is not known. */
  find(texts: readonly string[]): unknown {
    try {
      return deserialize(readFileSync(this.#fileOf(texts)));
    } catch {
      return null;
    }
  }

  keep(texts: readonly string[], reading: unknown): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      const file = this.#fileOf(texts);
      const beside = `${file}.${process.pid}`;
      writeFileSync(beside, serialize(reading), { mode: 0o600 });
      renameSync(beside, file);
      this.#prune();
    } catch {
      // The next start reads the texts again.
    }
  }

  #fileOf(texts: readonly string[]): string {
    const hash = createHash('sha256');
    for (const part of [this.#reader, process.version, ...texts]) hash.update(`${part.length}\n${part}`);
    return join(this.#folder, hash.digest('hex'));
  }

  #prune(): void {
    const files = readdirSync(this.#folder).map((name) => join(this.#folder, name)).map((file) => ({ file, atMs: statSync(file).mtimeMs }));
    for (const { file } of files.toSorted((one, other) => other.atMs - one.atMs).slice(MOST_KEPT)) rmSync(file, { force: true });
  }
}
