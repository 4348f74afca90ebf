/** What the file system said about a path, as a clause for people: "the disk is full at /drills/one/timeline.jsonl". */
export function fileTrouble(error: unknown, path: string): string {
  const code = codeOf(error);
  const known = CLAUSES[code];
  return known === undefined ? `${path} failed with ${code}` : `${known} ${path}`;
}

/** The system's code of an error, such as ENOENT. */
export function codeOf(error: unknown): string {
  if (error instanceof Error) return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
  return String(error);
}

const CLAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no',
  ENOTDIR: 'something that is no directory is in the way to',
  EISDIR: 'there is a directory where a file is due:',
  EACCES: 'permission was denied for',
  EPERM: 'permission was denied for',
  EROFS: 'the file system is read-only at',
  ENOSPC: 'the disk is full at',
  EDQUOT: 'the disk quota is used up at',
  EFBIG: 'the limit for the size of a file was reached at',
  EIO: 'the disk reported an error at',
  ENXIO: 'the device is gone at',
  EBADF: 'the file was closed by something else:',
  ELOOP: 'a symbolic link is not followed here:',
  EMFILE: 'too many files are open to open',
  ENFILE: 'too many files are open to open',
  ENAMETOOLONG: 'the name is too long:',
  EEXIST: 'something that is no directory stands at',
};
