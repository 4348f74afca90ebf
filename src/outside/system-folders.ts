import { resolve } from 'node:path';

/** Whether a path lies in a folder of the system's own. Node goes on for ever where it is asked to make folders in one. */
export function isOfSystem(path: string): boolean {
  return /^\/(?:proc|sys|dev)(?:\/|$)/.test(resolve(path));
}
