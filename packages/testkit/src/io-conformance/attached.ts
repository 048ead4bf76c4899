import { fail } from './fail.ts';

/** A buffer whose memory was transferred elsewhere is lost to its owner. */
export function mustBeAttached(buffer: Uint8Array, when: string): void {
  if (buffer.buffer.byteLength === 0) fail(`the buffer was detached ${when}`);
}
