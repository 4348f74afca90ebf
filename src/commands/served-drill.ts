import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiDoor, ApiRequest } from '../drill/api/api-door.ts';
import { received } from '../drill/api/received.ts';
import type { Drill } from '../drill/drill.ts';
import type { SeatId } from '../journal/timeline.ts';
import { failure, type Answer, type Request, type User } from '../kube-api/answer.ts';
import { ApiListener } from '../outside/api-listener.ts';
import { regionContexts } from '../cluster/traffic/regions.ts';
import { writeKubeconfig } from '../outside/kubeconfig.ts';
import { loopbackCertificates } from '../outside/loopback-certificates.ts';
import { ApiFold } from './api-fold.ts';
import type { LiveDrill } from './live-drill.ts';
import { openedStream } from './opened-stream.ts';
import type { RestDoor } from './rest-door.ts';

/** Whom a token stands for: a seat's own clients, or the programs that its prompt runs. */
interface Holder {
  readonly seat: SeatId;
  readonly prompt: boolean;
}

interface Kubeconfigs {
  /** For the seat's own terminals. */
  readonly own: string;
  /** For the programs of its prompt: what they ask is told from what other clients ask. */
  readonly prompt: string;
}

/** The drill's cluster on loopback, for the clients of the seats that people sit on. */
export class ServedDrill {
  readonly kubeconfigs: ReadonlyMap<SeatId, Kubeconfigs>;
  readonly #drill: Drill;
  readonly #door: RestDoor;
  readonly #holders: ReadonlyMap<User, Holder>;
  readonly #fold = new ApiFold();
  readonly #listener: ApiListener;
  #live: LiveDrill | null = null;

  private constructor(made: { drill: Drill; door: RestDoor; holders: ReadonlyMap<User, Holder>; listener: ApiListener; kubeconfigs: ReadonlyMap<SeatId, Kubeconfigs> }) {
    this.#drill = made.drill;
    this.#door = made.door;
    this.#holders = made.holders;
    this.#listener = made.listener;
    this.kubeconfigs = made.kubeconfigs;
  }

  /** Listens on any free port, and writes the kubeconfigs into `folder`. Rejects with the system's error where it cannot. */
  static async open({ drill, door, name, namespace, folder, seats }: {
    readonly drill: Drill;
    readonly door: RestDoor;
    /** Of the context: it says which drill this is. */
    readonly name: string;
    readonly namespace: string;
    readonly folder: string;
    readonly seats: readonly SeatId[];
  }): Promise<ServedDrill> {
    const certificates = loopbackCertificates(Date.now());
    const [users, holders] = [new Map<string, User>(), new Map<User, Holder>()];
    const tokens = new Map<Holder, string>();
    for (const seat of seats) {
      const known = drill.state.users.get(seat);
      if (known === undefined) continue;
      for (const prompt of [false, true]) {
        const [token, user, holder] = [randomBytes(24).toString('base64url'), { name: known.user, groups: known.groups }, { seat, prompt }];
        users.set(token, user);
        holders.set(user, holder);
        tokens.set(holder, token);
      }
    }
    let served: ServedDrill | null = null;
    const api = { answer: (request: Request) => (served as ServedDrill).#answer(request), userOfToken: (token: string) => door.userOfToken(token) };
    const listener = await ApiListener.start({ api, certificates, users, port: 0, catchUp: () => undefined });
    const kubeconfigs = new Map<SeatId, Kubeconfigs>();
    try {
      for (const [{ seat, prompt }, token] of tokens) {
        const file = join(folder, `${name}-${seat}${prompt ? '-prompt' : ''}.yaml`);
        writeKubeconfig(file, { name, server: listener.url, ca: certificates.ca, token, namespace, regions: regionContexts(drill.cluster.traffic.places.spec) });
        kubeconfigs.set(seat, { own: file, prompt: file, ...kubeconfigs.get(seat), [prompt ? 'prompt' : 'own']: file });
      }
    } catch (error) {
      await listener.close();
      throw error;
    }
    served = new ServedDrill({ drill, door, holders, listener, kubeconfigs });
    return served;
  }

  /** From now on requests are answered by the drill as it is played. */
  attach(live: LiveDrill): void {
    this.#live = live;
    live.subscribe(() => {
      this.#keepInStep(live);
      this.#listener.poll();
    });
  }

  async close(): Promise<void> {
    for (const { own, prompt } of this.kubeconfigs.values()) for (const file of [own, prompt]) rmSync(file, { force: true });
    await this.#listener.close();
  }

  async #answer(request: Request): Promise<Answer> {
    const live = this.#live;
    if (live === null) return notNow('the drill has not begun');
    const concern = this.#door.concern(request);
    const writes = concern === 'write';
    const { seat, prompt } = this.#holders.get(request.user) ?? { seat: this.#firstSeat(), prompt: false };
    const asked = concern === null ? null : this.#requestOf(seat, request);
    if (asked === null || (!writes && (this.#drill.ended || !this.#fold.isNew(asked, this.#drill.nowMs)))) return begun(this.#door.answer(request), request.method);
    if (this.#drill.ended) return notNow('the drill is over');
    try {
      return await live.ask(new OpeningDoor(this.#door), writes, () => {
        this.#keepInStep(live);
        return { request: { ...asked, offsetMs: this.#door.projection.offsetMs }, causeSeq: prompt ? live.tool : null };
      });
    } catch {
      return notNow('the drill was left');
    }
  }

  /** At the pace of real life the difference between the clocks stays as it is; at any other, and in a pause, it has to follow. */
  #keepInStep({ behindMs }: LiveDrill): void {
    const { projection } = this.#door;
    if (behindMs - projection.offsetMs >= 2_000 || behindMs < projection.offsetMs) projection.offsetMs = behindMs;
  }

  #firstSeat(): SeatId {
    return this.kubeconfigs.keys().next().value ?? 'responder-1';
  }

  #requestOf(seat: SeatId, { method, path, query, headers, body, user, impersonate }: Request): Omit<ApiRequest, 'offsetMs'> {
    return {
      seat, user: user.name, groups: user.groups, as: impersonate === undefined ? null : { user: impersonate.user, groups: impersonate.groups },
      method, path, query: query.toString(), accept: headers['accept'] ?? '', mediaType: headers['content-type'] ?? null, body: received(body),
      upgrade: headers['upgrade'] ?? null, agent: headers['user-agent'] ?? '', command: headers['kubectl-command'] ?? null, session: headers['kubectl-session'] ?? null,
    };
  }
}

/** The door, where streams begin at once: other requests may have their turn before the listener comes to open them. */
class OpeningDoor implements ApiDoor<Answer> {
  readonly #door: RestDoor;

  constructor(door: RestDoor) {
    this.#door = door;
  }

  get processes(): RestDoor['processes'] {
    return this.#door.processes;
  }

  admit(user: string, role: string): ReturnType<RestDoor['admit']> {
    return this.#door.admit(user, role);
  }

  about(request: ApiRequest): ReturnType<RestDoor['about']> {
    return this.#door.about(request);
  }

  ask(request: ApiRequest): ReturnType<RestDoor['ask']> {
    const told = this.#door.ask(request);
    return { ...told, answer: begun(told.answer, request.method) };
  }
}

/** Nobody opens the stream of a HEAD. */
function begun(answer: Answer, method: string): Answer {
  return answer.kind === 'stream' && method === 'GET' ? openedStream(answer) : answer;
}

function notNow(why: string): Answer {
  return failure({ code: 403, reason: 'Forbidden', message: `${why}; the cluster takes nothing now` });
}
