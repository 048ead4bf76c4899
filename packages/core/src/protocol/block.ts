/**
 * One outbound packet, or a run of small ones, and where its bytes are: in `tx`, or outside it for the few packets that
 * have no place there. The links belong to `TxArena` and `Outbox`; they are here so that a packet is one object.
 */
export class Block {
  bytes: Uint8Array<ArrayBuffer>;
  offset: number;
  length: number;

  /** TxArena: the neighbours by address; `null` on both sides: not in the arena. */
  before: Block | null;
  after: Block | null;
  /** TxArena: the list of blocks that have free bytes behind them. */
  gapPrevious: Block | null;
  gapNext: Block | null;
  gapListed: boolean;

  /** Outbox: what is written next after this one. */
  next: Block | null;
  /** Outbox: whether it still waits, wholly or in part, for the transport. */
  queued: boolean;
  /** Whether a transport, of this connection or an earlier one, was handed any byte of it. */
  handed: boolean;

  // There is one for each publish: assigned here, fields take half the time that field initialisers take.
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.offset = 0;
    this.length = 0;
    this.before = null;
    this.after = null;
    this.gapPrevious = null;
    this.gapNext = null;
    this.gapListed = false;
    this.next = null;
    this.queued = false;
    this.handed = false;
  }

  get end(): number {
    return this.offset + this.length;
  }

  /** The transport took its last byte. */
  written(): void {}
  /** It left the outbox without that: the connection is gone, or closing. */
  dropped(): void {}
}
