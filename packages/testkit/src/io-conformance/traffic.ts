import type { Bench, Side } from './bench.ts';
import { fail } from './fail.ts';
import { Call, type Transfer } from './call.ts';
import { fillPattern, firstWrong } from './pattern.ts';

/** What `fill` writes at a time: odd, so that it does not fit together with anybody's buffers. */
const FILL_CHUNK_BYTES = 65_521;

/** At most what one call is given. */
export const LARGE_BUFFER_BYTES: number = 65_536;

export interface Carried {
  readonly from: Side;
  readonly to: Side;
  readonly totalBytes: number;
  /** Sizes of the buffers; asked anew for each call. */
  readonly writeBytes: () => number;
  readonly readBytes: () => number;
  /** Reading begins when writing has come to a stop. Default false. */
  readonly readLate?: boolean;
}

/**
 * The pattern from one end to the other: written from one buffer that is overwritten each time, read into another. At no
 * time may more be under way than the settings say.
 */
export async function carry(bench: Bench, carried: Carried): Promise<void> {
  const { totalBytes } = carried;
  const capBytes = carried.from === bench.peer ? (bench.settings.inboundCapBytes ?? totalBytes) : totalBytes;
  let writtenBytes = 0;
  let readBytes = 0;
  // Of the read that is under way: they may be there already.
  let askedBytes = 0;
  let isFailed = false;

  const sendPiece = async (piece: Uint8Array<ArrayBuffer>): Promise<void> => {
    fillPattern(piece, writtenBytes);
    for (let at = 0; at < piece.length && !isFailed;) {
      const rest = piece.subarray(at);
      const count = await bench.write(carried.from, rest);
      rest.fill(0xee, 0, count);
      at += count;
      writtenBytes += count;
      mustBeInTransit(bench, writtenBytes - readBytes - askedBytes);
    }
  };
  const send = async (): Promise<void> => {
    const buffer = new Uint8Array(LARGE_BUFFER_BYTES);
    while (writtenBytes < totalBytes && !isFailed) {
      const roomBytes = capBytes - (writtenBytes - readBytes);
      const length = Math.min(carried.writeBytes(), totalBytes - writtenBytes, buffer.length, roomBytes);
      // Whom nothing holds back has to hold back by himself.
      if (length <= 0) await bench.turn();
      else await sendPiece(buffer.subarray(0, length));
    }
  };
  const receive = async (): Promise<void> => {
    const buffer = new Uint8Array(LARGE_BUFFER_BYTES);
    if (carried.readLate) await bench.quiet(() => writtenBytes);
    while (readBytes < totalBytes && !isFailed) {
      const bytes = buffer.subarray(0, Math.min(carried.readBytes(), buffer.length));
      askedBytes = bytes.length;
      const count = await bench.read(carried.to, bytes);
      if (count === 0) fail(`${carried.to.name} read() said the end after ${readBytes} of ${totalBytes} bytes`);
      mustBePattern(carried.to, bytes.subarray(0, count), readBytes);
      readBytes += count;
    }
  };
  const halves = [send(), receive()];
  for (const half of halves) half.catch(() => (isFailed = true));
  await Promise.all(halves);
}

interface Drained {
  readonly readBytes: number;
  /** The read that said the end or failed, or that nothing has come for. */
  readonly last: Transfer;
}

/** Reads the pattern until the stream ends or fails, or until nothing has come for as long as a wait may take. */
export function drain(bench: Bench, side: Side): Promise<Drained> {
  return drainUntil(bench, side, (read) => bench.inTime(read));
}

/** Reads the pattern until the stream ends or fails, or until nothing has come for a hundred turns. */
export function drainWhatComes(bench: Bench, side: Side): Promise<Drained> {
  return drainUntil(bench, side, (read) => bench.soon(read));
}

async function drainUntil(bench: Bench, side: Side, wait: (read: Transfer) => Promise<void>): Promise<Drained> {
  const buffer = new Uint8Array(LARGE_BUFFER_BYTES);
  for (let readBytes = 0; ;) {
    const last = bench.startRead(side, buffer);
    await wait(last);
    if (last.end === undefined || 'error' in last.end) return { readBytes, last };
    const count = await bench.countOf(last, { min: 0 });
    if (count === 0) return { readBytes, last };
    mustBePattern(side, buffer.subarray(0, count), readBytes);
    readBytes += count;
  }
}

/** The next `totalBytes` of the pattern. */
export async function receive(bench: Bench, side: Side, totalBytes: number, fromByte = 0): Promise<void> {
  const buffer = new Uint8Array(Math.min(totalBytes, LARGE_BUFFER_BYTES));
  for (let readBytes = 0; readBytes < totalBytes;) {
    const bytes = buffer.subarray(0, Math.min(buffer.length, totalBytes - readBytes));
    const count = await bench.read(side, bytes);
    if (count === 0) fail(`${side.name} read() said the end after ${readBytes} of ${totalBytes} bytes`);
    mustBePattern(side, bytes.subarray(0, count), fromByte + readBytes);
    readBytes += count;
  }
}

interface WaitingWrite {
  readonly call: Transfer;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Filled {
  /** Bytes of the pattern that were taken while nobody read. */
  readonly takenBytes: number;
  /** The write that waits, and its bytes; undefined where more was taken than there may be under way. */
  readonly waiting: WaitingWrite | undefined;
}

/** Nobody has to take more than the buffers of the way hold; more is held by somebody who holds without bound. */
export function mustBeInTransit(bench: Bench, bytes: number): void {
  const { inTransitMaxBytes } = bench.settings;
  if (bytes > inTransitMaxBytes) fail(`${bytes} bytes are under way unread, more than ${inTransitMaxBytes}`);
}

/** Writes the pattern until a write is not taken, or until more was taken than there may be under way. */
export async function fill(bench: Bench, side: Side): Promise<Filled> {
  const bytes = new Uint8Array(FILL_CHUNK_BYTES);
  let takenBytes = 0;
  while (takenBytes <= bench.settings.inTransitMaxBytes) {
    fillPattern(bytes, takenBytes);
    const call = bench.startWrite(side, bytes);
    if (call.end === undefined) await bench.soon(call);
    if (call.end === undefined) return { takenBytes, waiting: { call, bytes } };
    takenBytes += await bench.countOf(call);
    bytes.fill(0xee);
  }
  return { takenBytes, waiting: undefined };
}

/** Reads what `fill` wrote; the write that waits has to settle meanwhile, and its bytes are overwritten when it has. */
export async function empty(bench: Bench, { takenBytes, waiting }: Filled, side: Side): Promise<void> {
  await receive(bench, side, takenBytes);
  if (waiting === undefined) return;
  const { call, bytes } = waiting;
  const overwritten = call.settled.then(() => void bytes.fill(0xee));
  const buffer = new Uint8Array(LARGE_BUFFER_BYTES);
  let readBytes = takenBytes;
  while (call.end === undefined || readBytes < takenBytes + (await bench.countOf(call))) {
    const read = bench.startRead(side, buffer);
    // Some streams let go of a write when more is asked for; what it took is all that has to come.
    const either = new Call(`${call.what}, while the other end reads,`, () =>
      Promise.race([read.settled, overwritten]),
    );
    if (call.end === undefined) await bench.endOf(either);
    else await bench.endOf(read);
    if (read.end === undefined && readBytes >= takenBytes + (await bench.countOf(call))) return;
    const count = await bench.countOf(read);
    mustBePattern(side, buffer.subarray(0, count), readBytes);
    readBytes += count;
  }
}

function mustBePattern(side: Side, bytes: Uint8Array, fromByte: number): void {
  const at = firstWrong(bytes, fromByte);
  if (at >= 0) fail(`byte ${fromByte + at} that ${side.name} read() gave is not the one that was written there`);
}
