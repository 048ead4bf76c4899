import type { Io } from '@minimq/core';
import { MemoryLink } from '../link/memory-link.ts';

/** A connection that a client has opened, seen from the broker. */
export interface Accepted {
  readonly io: Io;
  /**
   * Ends it as a failing network does: without a word, both ways at once; `reset`: as a TCP reset. `error`: what the
   * client's side is told, where it can be told. Default: `io.close()`.
   */
  cut?(options: { readonly reset: boolean; readonly error: unknown }): void;
  /** Ends the way to the client and goes on reading. Default: a script cannot do it. */
  halfClose?(): void;
}

/** Where the connections of a scripted broker come from: a link, a listening port, or anything else that yields streams. */
export interface Acceptor {
  /** Calls `accept` with every connection, until `stop()`. Resolves when clients can connect. */
  start(accept: (accepted: Accepted) => void): void | Promise<void>;
  /** Takes no more connections; those that were accepted are closed by then. */
  stop(): void | Promise<void>;
  /** Where clients find it, once it has started. */
  readonly url?: string | undefined;
  /** Opens a connection from within the process, and returns the client's end. */
  open?(): Io;
}

/** One link, or a function that makes another for each connection. */
export class LinkAcceptor implements Acceptor {
  readonly #next: () => MemoryLink | undefined;
  readonly #single: MemoryLink | undefined;
  #accept: ((accepted: Accepted) => void) | undefined;

  constructor(links: MemoryLink | (() => MemoryLink)) {
    this.#single = links instanceof MemoryLink ? links : undefined;
    this.#next = links instanceof MemoryLink ? () => undefined : links;
  }

  start(accept: (accepted: Accepted) => void): void {
    this.#accept = accept;
    if (this.#single !== undefined) accept(acceptedOf(this.#single));
  }

  stop(): void {
    this.#accept = undefined;
  }

  open(): Io {
    const link = this.#next();
    if (this.#single !== undefined || link === undefined) {
      throw new TypeError('open(): this broker has one link; make it with `over: () => memoryLink()` to open many');
    }
    if (this.#accept === undefined) link.reset();
    else this.#accept(acceptedOf(link));
    return link.client;
  }
}

function acceptedOf(link: MemoryLink): Accepted {
  return {
    io: link.server,
    cut: ({ reset, error }) => (reset ? link.reset(error) : link.cut({ error })),
    halfClose: () => link.toClient.halfClose(),
  };
}
