import type { Io } from '@minimq/core';
import { memoryLink, scriptedBroker, VirtualTime, type MemoryLink, type ScriptedBroker } from '@minimq/testkit';

// A client that is nothing but bytes, so that a script can be shown anything.

/** CONNECT, client identifier `c`, clean start, keep alive 60. */
export const CONNECT = '10 0e 00 04 4d 51 54 54 05 02 00 3c 00 00 01 63';
/** PUBLISH `a`, QoS 1, identifier 1, payload `x`. */
export const PUBLISH = '32 07 00 01 61 00 01 00 78';
export const PINGREQ = 'c0 00';
export const DISCONNECT = 'e0 00';

export class RawClient {
  readonly io: Io;
  #received = '';

  constructor(io: Io) {
    this.io = io;
    void this.#read();
  }

  /** All that has come, in hexadecimal. */
  get received(): string {
    return this.#received.trimStart();
  }

  async send(...packets: string[]): Promise<void> {
    const bytes = Uint8Array.from(Buffer.from(packets.join('').replaceAll(/\s/g, ''), 'hex'));
    for (let count = 0; count < bytes.length;) count += await this.io.write(bytes.subarray(count));
  }

  async close(): Promise<void> {
    await this.io.close();
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(1024);
    try {
      for (let count = await this.io.read(buffer); count > 0; count = await this.io.read(buffer)) {
        for (const byte of buffer.subarray(0, count)) this.#received += ` ${byte.toString(16).padStart(2, '0')}`;
      }
    } catch {
      // It was cut.
    }
  }
}

export interface RawBench {
  readonly time: VirtualTime;
  readonly broker: ScriptedBroker;
  readonly links: readonly MemoryLink[];
  /** Another connection. */
  readonly open: () => RawClient;
}

/** A script on virtual time for raw clients. */
export async function rawBench(): Promise<RawBench> {
  const time = new VirtualTime();
  const links: MemoryLink[] = [];
  const over = (): MemoryLink => {
    const link = memoryLink({ clock: time.clock('link') });
    links.push(link);
    return link;
  };
  const broker = await scriptedBroker({ over, time });
  return { time, broker, links, open: () => new RawClient(broker.open()) };
}

/** What a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

/** The message, with its line in the test left out. */
export async function messageOf(promise: Promise<unknown>): Promise<string> {
  const failure = await failureOf(promise);
  if (!(failure instanceof Error)) throw failure;
  return failure.message.replaceAll(/packages\S+:\d+:\d+/g, 'LINE');
}
