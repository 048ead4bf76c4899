/**
 * The byte stream under a session: a connection that is already open, filled by a transport package.
 *
 * Both directions may answer at once with a number or later with a promise of one. A transport that has data, or room,
 * should answer at once: that costs no microtask. A synchronous throw counts as a rejection. Any number outside the
 * stated range ends the connection with a `TransportError`.
 *
 * One session uses an Io at a time, with at most one read and one write outstanding. A transport neither detaches nor
 * keeps the caller's buffer.
 */
export interface Io {
  /**
   * Puts 1 to `buffer.length` bytes at the start of `buffer` and returns how many; 0 means that the peer ended the
   * stream, and every later read says so again. While there is no data the promise stays pending: a rejection, a
   * time-out included, is a failure of the transport.
   */
  read(buffer: Uint8Array<ArrayBuffer>): number | Promise<number>;
  /**
   * Takes 1 to `bytes.length` bytes and returns how many. Once it returns or resolves, the caller may overwrite them.
   * Waits while the peer does not take more.
   */
  write(bytes: Uint8Array<ArrayBuffer>): number | Promise<number>;
  /** Returns or resolves once everything written has been handed to the operating system. */
  flush(): void | Promise<void>;
  /**
   * Releases the stream. A pending read resolves with 0 or rejects; from the call on, no buffer given is touched.
   * Closing twice is fine.
   */
  close(): void | Promise<void>;
  /**
   * Set where the platform cannot slow its peer down (the classic browser WebSocket): what arrives while nobody reads
   * is then held by the transport, up to a cap that it documents in bytes.
   */
  readonly inboundFlowControl?: 'none';
}
