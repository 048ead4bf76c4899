/**
 * `reset`: the link was cut, or the other end closed. `ended`: this direction was half-closed. `closed`: this end was
 * closed by its own user. `misuse`: the caller broke the rules of `Io`, which is a bug of the caller's.
 */
export type LinkErrorCode = 'reset' | 'ended' | 'closed' | 'misuse';

/** What an end of a `MemoryLink` rejects with, unless a test gave another error to reject with. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkErrorCode;

  constructor(code: LinkErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
