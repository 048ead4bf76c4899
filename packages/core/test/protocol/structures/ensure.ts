/** For checks by the million, where `expect` would take most of the time. */
export function ensure(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
