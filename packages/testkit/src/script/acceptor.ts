import type { Io } from '@minimq/core';
import type { EndOptions, LinkDirection } from '../link/direction.ts';

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
  /** Takes no more connections; those that were accepted have been closed by then. */
  stop(): void | Promise<void>;
  /** Whether its bytes travel in real time, which virtual time cannot wait for: sockets. Default false. */
  readonly isReal?: boolean | undefined;
  /** Where clients find it, once it has started. */
  readonly url?: string | undefined;
  /** Opens a connection from within the process, and returns the client's end. */
  open?(): Io;
}

/** What a script needs of a link; `memoryLink()` makes one. */
export interface ScriptableLink {
  readonly client: Io;
  readonly server: Io;
  readonly toClient: Pick<LinkDirection, 'halfClose'>;
  cut(options?: EndOptions): void;
  reset(error?: unknown): void;
}

/** What `over` may be. */
export type Over = ScriptableLink | (() => ScriptableLink) | Acceptor;

export function acceptorOf(over: Over): Acceptor {
  if (typeof over === 'string') {
    throw new TypeError(`over: '${String(over)}' needs the scriptedBroker() of '@minimq/testkit/node'`);
  }
  if (typeof over === 'function') return new LinksAcceptor(over);
  return 'start' in over ? over : new LinkAcceptor(over);
}

/** One link: its connection is there from the beginning. */
class LinkAcceptor implements Acceptor {
  readonly #link: ScriptableLink;

  constructor(link: ScriptableLink) {
    this.#link = link;
  }

  start(accept: (accepted: Accepted) => void): void {
    accept(acceptedOf(this.#link));
  }

  stop(): void {}
}

/** Another link for each connection. */
class LinksAcceptor implements Acceptor {
  readonly #make: () => ScriptableLink;
  #accept: ((accepted: Accepted) => void) | undefined;

  constructor(make: () => ScriptableLink) {
    this.#make = make;
  }

  start(accept: (accepted: Accepted) => void): void {
    this.#accept = accept;
  }

  stop(): void {
    this.#accept = undefined;
  }

  open(): Io {
    const link = this.#make();
    if (this.#accept === undefined) link.reset();
    else this.#accept(acceptedOf(link));
    return link.client;
  }
}

function acceptedOf(link: ScriptableLink): Accepted {
  return {
    io: link.server,
    cut: ({ reset, error }) => (reset ? link.reset(error) : link.cut({ error })),
    halfClose: () => link.toClient.halfClose(),
  };
}
