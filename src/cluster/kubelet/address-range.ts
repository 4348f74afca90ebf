import { addressNumber, addressText, blockSize } from '../ipv4.ts';
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
    const network = addressNumber(base);
    const size = blockSize(Math.min(32, Math.max(8, Number(bits))));
    const usable = Math.max(0, size - 3);
    for (let tried = 0; tried < usable; tried++) {
      this.#last = this.#last >= size - 2 ? 2 : this.#last + 1;
      const address = addressText(network + this.#last);
      if (this.#isFree(address, store)) {
        this.#given.set(address, uid);
        return address;
      }
    }
    return { range: `${addressText(network + 1)}-${addressText(network + size - 2)}` };
  }

  #isFree(address: string, store: ObjectStore): boolean {
    const pod = store.byUid(this.#given.get(address) ?? '');
    if (pod?.kind === 'Pod' && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed') return false;
    return !store.list('Pod', null).some(({ status }) => status?.podIP === address && status.phase === 'Running');
  }
}
