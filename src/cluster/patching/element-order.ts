import { isJsonObject, sameJson } from '../json.ts';

/**
 * The items of a merged list in their order: those that the patch names as it gives them, the others as they stood on
 * the server, put before the first named one that stood behind them. `key` is what items are known by; null for plain
 * values. Source: apimachinery, strategicpatch/patch.go, normalizeElementOrder.
 */
export function ordered(items: readonly unknown[], named: readonly unknown[], before: readonly unknown[], key: string | null): unknown[] {
  const nameOf = (item: unknown): unknown => (key !== null && isJsonObject(item) ? item[key] : item);
  const placeIn = (list: readonly unknown[], item: unknown): number => list.findIndex((one) => sameJson(nameOf(one), nameOf(item)));
  const byPlace = (list: readonly unknown[]) => (left: unknown, right: unknown): number => placeIn(list, left) - placeIn(list, right);
  const first = items.filter((item) => placeIn(named, item) >= 0).sort(byPlace(named));
  const rest = items.filter((item) => placeIn(named, item) < 0).sort(byPlace(before));
  const all: unknown[] = [];
  while (first.length > 0 || rest.length > 0) {
    const [left, right] = [placeIn(before, rest[0]), placeIn(before, first[0])];
    const fromRest = first.length === 0 || (rest.length > 0 && left >= 0 && right >= 0 && left < right);
    all.push(fromRest ? rest.shift() : first.shift());
  }
  return all;
}
