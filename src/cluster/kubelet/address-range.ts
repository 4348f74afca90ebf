import type { ObjectStore } from '../store.ts';

/**
 * The addresses that a node has for its pods where its `podCIDR` says which: given in turn, and again when the pod that had
 * one is gone, as the host-local plugin does. The first is the bridge's own.
 * Source: plugins/ipam/host-local of containernetworking.
 */
export class AddressRange {
  /** By address: the pod that has it. */
  readonly #given = new Map<string, string>();
  #last = 1;

  next(cidr: string, uid: string, store: ObjectStore): string | { readonly range: string } {
    const [base = '', bits = '24'] = cidr.split('/');
    const network = numberOf(base);
    const size = sizeOf(Number(bits));
    const usable = Math.max(0, size - 3);
    for (let tried = 0; tried < usable; tried++) {
      this.#last = this.#last >= size - 2 ? 2 : this.#last + 1;
      const address = textOf(network + this.#last);
      if (this.#isFree(address, store)) {
        this.#given.set(address, uid);
        return address;
      }
    }
    return { range: `${textOf(network + 1)}-${textOf(network + size - 2)}` };
  }

  #isFree(address: string, store: ObjectStore): boolean {
    const pod = store.byUid(this.#given.get(address) ?? '');
    if (pod?.kind === 'Pod' && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed') return false;
    return !store.list('Pod', null).some(({ status }) => status?.podIP === address && status.phase === 'Running');
  }
}

function sizeOf(bits: number): number {
  let size = 1;
  for (let bit = Math.min(32, Math.max(8, bits)); bit < 32; bit++) size *= 2;
  return size;
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(address: number): string {
  return [16_777_216, 65_536, 256, 1].map((unit) => Math.floor(address / unit) % 256).join('.');
}
