/** What may stand in one `LinkedList` at a time. */
export interface Linked<T> {
  previous: T | null;
  following: T | null;
}

/** A list from which any element is taken at once, and which takes no memory while it is empty. */
export class LinkedList<T extends Linked<T>> {
  first: T | null = null;
  last: T | null = null;

  push(element: T): void {
    element.previous = this.last;
    element.following = null;
    if (this.last === null) this.first = element;
    else this.last.following = element;
    this.last = element;
  }

  remove(element: T): void {
    const { previous, following } = element;
    if (previous === null) this.first = following;
    else previous.following = following;
    if (following === null) this.last = previous;
    else following.previous = previous;
    element.previous = null;
    element.following = null;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let each = this.first; each !== null; each = each.following) yield each;
  }
}
