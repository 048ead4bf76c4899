import { Call, Transfer } from './call.ts';
import { fail } from './fail.ts';
import type { IoConformanceSettings } from './options.ts';
import type { IoPair, IoPeer } from './pair.ts';
import { Waiting } from './waiting.ts';

/** One end of the pair, and what messages call it. */
export interface Side {
  readonly name: string;
  readonly end: Pick<IoPeer, 'read' | 'write'>;
}

interface CountRange {
  readonly min?: number;
  readonly max?: number;
}

/** A pair under test, with calls that are checked. */
export class Bench extends Waiting {
  readonly io: Side;
  readonly peer: Side;
  readonly pair: IoPair;
  readonly settings: IoConformanceSettings;

  constructor(pair: IoPair, settings: IoConformanceSettings) {
    super(settings);
    this.pair = pair;
    this.settings = settings;
    this.io = { name: "the Io's", end: pair.io };
    this.peer = { name: "the peer's", end: pair.peer };
  }

  /** Starts a read; what it is answered is looked at by `countOf`. */
  startRead(side: Side, buffer: Uint8Array<ArrayBuffer>): Transfer {
    return new Transfer(`${side.name} read() into ${buffer.length} bytes`, buffer, () => side.end.read(buffer));
  }

  startWrite(side: Side, bytes: Uint8Array<ArrayBuffer>): Transfer {
    return new Transfer(`${side.name} write() of ${bytes.length} bytes`, bytes, () => side.end.write(bytes));
  }

  startClose(): Call<void> {
    return new Call("the Io's close()", () => this.pair.io.close());
  }

  /** One of the things that a peer does at the order of a case. */
  startPeer(order: 'end' | 'reset' | 'close'): Call<void> {
    return new Call(`the peer's ${order}()`, () => this.pair.peer[order]());
  }

  /** Reads once: 0 at the end, and else how many bytes. */
  read(side: Side, buffer: Uint8Array<ArrayBuffer>): Promise<number> {
    return this.countOf(this.startRead(side, buffer), { min: 0 });
  }

  write(side: Side, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    return this.countOf(this.startWrite(side, bytes));
  }

  /** Writes all of it, in as many writes as it takes. */
  async writeAll(side: Side, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.write(side, bytes.subarray(at));
  }

  flush(): Promise<void> {
    return this.resultOf(new Call("the Io's flush()", () => this.pair.io.flush()));
  }

  /** What a read or a write was answered: a whole number, from 1 to the length of its buffer unless these say else. */
  async countOf(transfer: Transfer, { min = 1, max = transfer.lengthBytes }: CountRange = {}): Promise<number> {
    const count = await this.resultOf(transfer);
    if (transfer.buffer.length !== transfer.lengthBytes) fail(`${transfer.what} detached its buffer`);
    if (!Number.isInteger(count) || count < min || count > max) {
      fail(`${transfer.what} answered ${String(count)}, which is no whole number from ${min} to ${max}`);
    }
    return count;
  }

  /** Closes both ends, and waits for that no longer than for anything else. How they close is for the cases to judge. */
  async dispose(): Promise<void> {
    const closed = Promise.all([this.startPeer('close').settled, this.startClose().settled]);
    const both = new Call('close() of both ends', () => closed);
    await this.endOf(both).catch(() => {});
  }
}
