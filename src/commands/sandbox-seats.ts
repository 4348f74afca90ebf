import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { User } from '../kube-api/answer.ts';
import { seatUser } from '../kube-api/authorization/seats.ts';
import type { ServedCluster } from '../kube-api/served-cluster.ts';
import { type RegionContext, writeKubeconfig } from '../outside/kubeconfig.ts';

/** A seat as the command line asks for it; `role` null takes that of the sandbox. */
export interface SeatWish {
  readonly name: string;
  readonly role: string | null;
}

/** Somebody with a kubeconfig of their own. */
export interface SandboxSeat {
  readonly name: string;
  readonly role: string;
  /** Of the kubeconfig's one context. */
  readonly context: string;
  readonly kubeconfig: string;
  readonly token: string;
  readonly user: User;
}

/** Whoever is there where no seat was asked for. */
const ALONE = 'sandbox-admin';

/**
 * The seats of a sandbox, each with a token, and with its role bound in the cluster. `file` is where the kubeconfig of
 * the only seat goes; with several, their names come before its ending. The problem is a sentence.
 */
export function sandboxSeats(cluster: ServedCluster, { seats, role, context, file }: { readonly seats: readonly SeatWish[]; readonly role: string; readonly context: string; readonly file: string }): readonly SandboxSeat[] | { readonly problem: string } {
  const made: SandboxSeat[] = [];
  for (const wish of seats.length > 0 ? seats : [{ name: ALONE, role: null }]) {
    const own = wish.role ?? role;
    const granted = seatUser(cluster, wish.name, own);
    if ('problem' in granted) return granted;
    const several = seats.length > 0;
    made.push({
      name: wish.name, role: own, context: several ? `${context}-${wish.name}` : context, kubeconfig: several ? withName(file, wish.name) : file,
      token: randomBytes(24).toString('base64url'), user: granted.user,
    });
  }
  return made;
}

/** Writes all kubeconfigs; a role in one namespace means that one where a command names none. Throws the system's error where one cannot be written. */
export function writeSeats(seats: readonly SandboxSeat[], at: { readonly server: string; readonly ca: string; readonly namespace: string; readonly regions: readonly RegionContext[] }): void {
  for (const { role, context, kubeconfig, token } of seats) {
    const [namespace] = role.includes('/') ? role.split('/') : [];
    writeKubeconfig(kubeconfig, { name: context, token, ...at, ...(namespace === undefined ? {} : { namespace }) });
  }
}

export function removeSeats(seats: readonly SandboxSeat[]): void {
  for (const { kubeconfig } of seats) rmSync(kubeconfig, { force: true });
}

/** What people read when the cluster is ready. */
export function welcome(seats: readonly SandboxSeat[], url: string, prometheus: string | null = null): string {
  const [first] = seats as readonly [SandboxSeat];
  const lines = seats.flatMap(({ name, role, context, kubeconfig }) => [...(seats.length > 1 ? [`seat: ${name}`] : []), `kubeconfig: ${kubeconfig}`, `context: ${context}`, `role: ${role}`, '']);
  return `The cluster is ready at ${url}\n${prometheus === null ? '' : `prometheus: ${prometheus}\n`}${lines.join('\n')}\n  export KUBECONFIG=${shellWord(first.kubeconfig)}\n  kubectl get pods\n\nCtrl-C stops it.\n`;
}

/** `ana`, `ana=view`, `ana=shop/edit`; with those given before, as an option that may be repeated. */
export function parseSeat(text: string, before: readonly SeatWish[] = []): SeatWish[] {
  const [, name, role = null] = /^([a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?)(?:=(.+))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('A seat is a name in small letters, such as ana, or a name with its role, such as ana=view.');
  if (before.some((one) => one.name === name)) throw new InvalidArgumentError(`There is a seat ${name} already.`);
  return [...before, { name, role: role === null ? null : parseRole(role) }];
}

/** The name of a ClusterRole, or a namespace and the name of a role in it. */
export function parseRole(text: string): string {
  if (!/^(?:[a-z0-9-]+\/)?[^\s/%]+$/.test(text)) throw new InvalidArgumentError('A role is a ClusterRole, such as view, or a role in a namespace, such as shop/view.');
  return text;
}

/** `mine.yaml` becomes `mine.ana.yaml`. */
function withName(file: string, name: string): string {
  return /\.[A-Za-z]+$/.test(file) ? file.replace(/\.[A-Za-z]+$/, `.${name}$&`) : `${file}.${name}`;
}

function shellWord(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`;
}
