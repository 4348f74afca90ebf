import { basename } from 'node:path';
import { readParty, type PartyReading } from '../party/read-party.ts';
import { complaintAt } from './read-files.ts';
import { readText } from './read-text.ts';

/** Reads a party file from disk, with the time zones that this machine knows. Never throws for what is in the file. */
export function loadParty(path: string): PartyReading {
  const file = basename(path);
  const read = readText(path);
  if ('trouble' in read) return { party: null, complaints: [complaintAt(file, read.trouble)] };
  return readParty(file, read.text, { names: Intl.supportedValuesOf('timeZone'), knows: isTimeZone });
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
