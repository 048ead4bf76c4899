import { ConfigError } from '../errors.ts';

/** A CONNACK with a few properties has to fit; below this, hardly a broker could be spoken to. */
export const RX_LENGTH_MIN = 64;
/** No platform promises more in one piece. */
const LENGTH_MAX = 2 ** 32;
/** Room for the smallest publishes beside the bytes that belong to acknowledgements. */
export const TX_LENGTH_MIN = 128;

/**
 * The memory of one session, fixed for its life.
 *
 * `rx` holds received bytes until the application has claimed the messages in it; its length is the Maximum Packet Size
 * that CONNECT announces. `tx` holds what was accepted for sending, QoS 1 and 2 publishes until they are acknowledged.
 */
export class Buffers {
  /** For received bytes; its length is the Maximum Packet Size that CONNECT announces. */
  readonly rx: Uint8Array<ArrayBuffer>;
  /** For what was accepted for sending. */
  readonly tx: Uint8Array<ArrayBuffer>;
  #taken = false;

  /**
   * Takes buffers of the caller's, which nobody else may write to from then on. `rx` has at least 64 bytes, `tx` at
   * least 128. Throws a `ConfigError` (`invalid-config`).
   */
  constructor(rx: Uint8Array<ArrayBuffer>, tx: Uint8Array<ArrayBuffer>) {
    check('rx', rx, RX_LENGTH_MIN);
    check('tx', tx, TX_LENGTH_MIN);
    const overlap = rx.byteOffset < tx.byteOffset + tx.length && tx.byteOffset < rx.byteOffset + rx.length;
    if (rx.buffer === tx.buffer && overlap) throw new ConfigError('invalid-config', 'rx and tx overlap');
    this.rx = rx;
    this.tx = tx;
  }

  /** Allocates both; lengths in bytes. */
  static allocate(lengths: { readonly rx: number; readonly tx: number }): Buffers {
    for (const [name, length] of Object.entries(lengths)) checkLength(name, length);
    return new Buffers(new Uint8Array(lengths.rx), new Uint8Array(lengths.tx));
  }

  /** Makes both of one piece of memory: the first `rxLength` bytes for `rx`, the rest for `tx`. */
  static split(slab: Uint8Array<ArrayBuffer>, rxLength: number): Buffers {
    checkLength('rx', rxLength);
    return new Buffers(slab.subarray(0, rxLength), slab.subarray(rxLength));
  }

  /** For the session that will use them: once. */
  take(): void {
    if (this.#taken) throw new ConfigError('buffers-in-use', 'These buffers belong to another session already');
    this.#taken = true;
  }

  /** No session has come of it. */
  release(): void {
    this.#taken = false;
  }
}

function checkLength(name: string, length: number): void {
  if (Number.isInteger(length) && length >= 0 && length <= LENGTH_MAX) return;
  throw new ConfigError('invalid-config', `The length of ${name} has to be a whole number of bytes, up to 4 GiB`);
}

function check(name: string, bytes: Uint8Array, lengthMin: number): void {
  if (!(bytes instanceof Uint8Array) || bytes.length < lengthMin) {
    throw new ConfigError('invalid-config', `${name} has to be a Uint8Array of at least ${lengthMin} bytes`);
  }
}
