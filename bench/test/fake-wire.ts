import type { Wire } from '../src/wire/wire.ts';

/** Remembers what was sent. */
export class FakeWire implements Wire {
  readonly sent: number[][] = [];
  isDrained = true;
  isClosed = false;
  onBytes: (bytes: Uint8Array) => void = () => {};
  onClose: () => void = () => {};

  send(bytes: Uint8Array, written?: () => void): void {
    this.sent.push([...bytes]);
    written?.();
  }

  stopReading(): void {}

  close(): void {
    this.isClosed = true;
  }

  /** What arrives. */
  deliver(...bytes: number[]): void {
    this.onBytes(Uint8Array.from(bytes));
  }
}
