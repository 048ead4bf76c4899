import type { Io } from '@minimq/core';
import { ReadAhead } from './broken-ios.ts';

/** What an `Io` without inbound flow control does past its cap. */
export type PastCap = 'fails' | 'fails without a word' | 'drops' | 'holds on';

/** An `Io` that cannot hold its peer back, such as a classic browser WebSocket, around one that can. */
export function cappedIo(io: Io, capBytes: number, pastCap: PastCap): Io {
  const ahead = new ReadAhead(io, Number.POSITIVE_INFINITY, (heldBytes) => {
    if (heldBytes <= capBytes || pastCap === 'holds on') return;
    ahead.drop();
    if (pastCap === 'drops') return;
    ahead.fail(new Error(pastCap === 'fails' ? `More than ${capBytes} bytes came while nobody read` : ''));
  });
  return {
    inboundFlowControl: 'none',
    read: (buffer) => ahead.read(buffer),
    write: (bytes) => io.write(bytes),
    flush: () => io.flush(),
    close: () => io.close(),
  };
}
