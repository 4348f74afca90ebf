import type { Kind } from '../../cluster/objects.ts';
import type { Processes } from '../../cluster/processes.ts';
import type { ApiRequested } from '../../journal/timeline.ts';

/** What a request brings along: what a timeline keeps of it, but for what it turned out to be about and was told. */
export type ApiRequest = Omit<ApiRequested, keyof ApiAbout | 'code' | 'answer'>;

/** What a request is about, read from its path and method. */
type ApiAbout = Pick<ApiRequested, 'verb' | 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>;

/**
 * The way into the cluster through its REST API. The drill writes down what passes and what comes of it; what a request
 * means, and its answer, are the API's. `Answer` is what goes back to the client, which the drill does not look into.
 */
export interface ApiDoor<Answer> {
  /** What people reach inside of containers. */
  readonly processes: Processes;
  /** Gives a user a role in the cluster; the problem is a sentence. */
  admit(user: string, role: string): { readonly groups: readonly string[] } | { readonly problem: string };
  /** `kind` is null for what is answered but not stored (reviews, what is measured), and then nothing is written. */
  about(request: ApiRequest): ApiAbout & { readonly kind: Kind | null; readonly dryRun: boolean };
  /** `digest` is the SHA-256 of a whole answer's body, '' of one that streams. */
  ask(request: ApiRequest): { readonly answer: Answer; readonly code: number; readonly digest: string };
}

/** The request of a recorded fact, to be made again. */
export function requestOf(fact: ApiRequested): ApiRequest {
  const { seat, user, groups, as, method, path, query, accept, mediaType, body, upgrade, agent, command, session, offsetMs } = fact;
  return { seat, user, groups, as, method, path, query, accept, mediaType, body, upgrade, agent, command, session, offsetMs };
}
