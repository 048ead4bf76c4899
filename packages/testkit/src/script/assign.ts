/**
 * Gives each of `itemCount` items a place of its own out of `placeCount`, so that `fits(item, place)`; undefined where
 * there is no way to do that. Returns the place of each item.
 */
export function assign(
  itemCount: number,
  placeCount: number,
  fits: (item: number, place: number) => boolean,
): readonly number[] | undefined {
  const itemAt: (number | undefined)[] = Array.from({ length: placeCount });
  // An item may take the place of another one that finds a different place.
  const seat = (item: number, tried: Set<number>): boolean => {
    for (let place = 0; place < placeCount; place += 1) {
      if (tried.has(place) || !fits(item, place)) continue;
      tried.add(place);
      const other = itemAt[place];
      if (other !== undefined && !seat(other, tried)) continue;
      itemAt[place] = item;
      return true;
    }
    return false;
  };
  for (let item = 0; item < itemCount; item += 1) if (!seat(item, new Set())) return undefined;
  return Array.from({ length: itemCount }, (_, item) => itemAt.indexOf(item));
}
