import { RestDoor } from '../../src/commands/rest-door.ts';
import type { ApiRequest } from '../../src/drill/api/api-door.ts';
import { received } from '../../src/drill/api/received.ts';
import type { Drill } from '../../src/drill/drill.ts';
import type { Answer } from '../../src/kube-api/answer.ts';

export type Call = Partial<Omit<ApiRequest, 'body'>> & { readonly body?: unknown };

/** A seat's own client in front of a drill's cluster, in process. */
export class ApiClient {
  readonly #drill: Drill;
  readonly #door: RestDoor;
  readonly #seat: string;
  readonly #tool: number | null;

  constructor(drill: Drill, { seat = 'responder-1', role = 'cluster-admin', door = new RestDoor(drill), tool = null }: { readonly seat?: string; readonly role?: string; readonly door?: RestDoor; readonly tool?: number | null } = {}) {
    this.#drill = drill;
    this.#door = door;
    this.#seat = seat;
    this.#tool = tool;
    drill.openApi(door, seat, { user: seat, role });
  }

  /** `body` is JSON, or bytes as they are. */
  ask(method: string, path: string, { body, ...more }: Call = {}): { readonly code: number; readonly value: Record<string, unknown>; readonly text: string } {
    const user = this.#drill.state.users.get(this.#seat) ?? { user: this.#seat, groups: [] };
    const bytes = body === undefined ? new Uint8Array() : body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
    const [route = '', query = ''] = path.split('?');
    const answer = this.#drill.request(this.#door, {
      seat: this.#seat, user: user.user, groups: user.groups, as: null, method, path: route, query, accept: 'application/json', mediaType: null, body: received(bytes),
      upgrade: null, agent: 'kubectl/v1.32.3', command: null, session: null, offsetMs: 0, ...more,
    }, this.#tool);
    return told(answer);
  }
}

function told(answer: Answer): ReturnType<ApiClient['ask']> {
  if (answer.kind !== 'whole') return { code: 200, value: {}, text: '' };
  const value = answer.type.startsWith('application/json') ? (JSON.parse(answer.body) as Record<string, unknown>) : {};
  return { code: answer.code, value, text: answer.body };
}
