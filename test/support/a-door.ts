import { RestDoor } from '../../src/commands/rest-door.ts';
import type { Drill } from '../../src/drill/drill.ts';

/** The REST API in front of a drill's cluster, as `gameday replay` opens it. */
export function aDoor(drill: Drill): RestDoor {
  return new RestDoor(drill);
}
