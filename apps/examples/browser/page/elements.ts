/** The element of the page with this id. Throws where there is none, or none of that type. */
export function element<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} '${id}'`);
  return found;
}

/** A new element with a text in it, which is never taken for HTML. */
export function withText<K extends keyof HTMLElementTagNameMap>(tag: K, text: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

export function setText(id: string, text: string): void {
  const found = element(id, HTMLElement);
  // What has not changed is not announced again.
  if (found.textContent !== text) found.textContent = text;
}
