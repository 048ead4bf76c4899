/**
 * One outbound packet, or a run of small ones, and where its bytes are: in `tx`, or outside it for the few packets that
 * have no place there. The links belong to `TxArena` and `Outbox`; they are here so that a packet is one object.
 */
export class Block {
  bytes: Uint8Array<ArrayBuffer>;
  offset = 0;
  length = 0;

  /** TxArena: the neighbours by address; `null` on both sides: not in the arena. */
  before: Block | null = null;
  after: Block | null = null;
  /** TxArena: the list of blocks that have free bytes behind them. */
  gapPrevious: Block | null = null;
  gapNext: Block | null = null;
  gapListed = false;

  /** Outbox: what is written next after this one. */
  next: Block | null = null;
  /** Outbox: whether it still waits, wholly or in part, for the transport. */
  queued = false;
  /** Whether a transport, of this connection or an earlier one, was handed any byte of it. */
  handed = false;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
  }

  get end(): number {
    return this.offset + this.length;
  }

  /** The transport took its last byte. */
  written(): void {}
  /** It left the outbox without that: the connection is gone, or closing. */
  dropped(): void {}
}
