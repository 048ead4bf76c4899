import type { Duplex } from 'node:stream';
import type { IoPeer } from '@minimq/testkit';
import type { Progress } from '../flow/control.ts';
import { MESSAGE_COUNT } from '../flow/plan.ts';
import { PacketCheck } from './packet-check.ts';
import { CONNACK, publishOf } from './packets.ts';

/** What the server does with the one connection of a run. */
export type FlowRole = 'deaf broker' | 'pouring broker' | 'deaf peer';

/** PING of WebSocket. Over TCP and TLS nobody is left to look at it. */
const PROBE = Uint8Array.of(0x89, 0x00);

/** A connection, and the TCP or TLS under it. */
export interface Served {
  readonly peer: IoPeer;
  readonly stream: Duplex;
}

/** Serves one connection: sends all messages at once, or reads nothing until it is told to. */
export class FlowRun {
  readonly #role: FlowRole;
  readonly #check = new PacketCheck();
  readonly #mayRead: Promise<void>;
  readonly #isOver: Promise<void>;
  readonly #buffer = new Uint8Array(65_536);
  #letRead = (): void => {};
  #tellOver = (): void => {};
  #sentBytes = 0;
  #stream: Duplex | undefined;

  constructor(role: FlowRole) {
    this.#role = role;
    this.#mayRead = new Promise((resolve) => (this.#letRead = resolve));
    this.#isOver = new Promise((resolve) => (this.#tellOver = resolve));
  }

  get progress(): Progress {
    return { sentBytes: this.#sentBytes };
  }

  readOn(): void {
    this.#letRead();
  }

  /** Resolves when the stream has come to its end. */
  get isOver(): Promise<void> {
    return this.#isOver;
  }

  /** Whether what came is what a publisher has to send, in words where it is not. */
  problems(): readonly string[] {
    return this.#role === 'deaf broker' ? this.#check.problems() : [];
  }

  /** Writes until that fails, which it does when the other end is no more; resolves then. */
  async untilGone(): Promise<void> {
    const stream = this.#stream;
    while (stream?.destroyed === false) {
      await new Promise<void>((resolve) => stream.write(PROBE, () => resolve()));
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async serve({ peer, stream }: Served): Promise<void> {
    this.#stream = stream;
    try {
      if (this.#role !== 'deaf peer') await this.#answerConnect(peer);
      if (this.#role === 'pouring broker') void this.#pour(peer);
      else await this.#mayRead;
      await this.#readAll(peer);
    } catch {
      // It broke off; whoever has to care looks at what came before.
    } finally {
      this.#tellOver();
      await peer.close();
    }
  }

  /** A CONNECT of these tests is shorter than 130 bytes, so that its second byte is all of its length. */
  async #answerConnect(peer: IoPeer): Promise<void> {
    let count = 0;
    while (count < 2 || count < 2 + this.#buffer[1]!) {
      const more = await peer.read(this.#buffer.subarray(count));
      if (more === 0) throw new Error('The stream ended in the CONNECT');
      count += more;
    }
    await peer.write(CONNACK);
  }

  async #pour(peer: IoPeer): Promise<void> {
    try {
      for (let number = 0; number < MESSAGE_COUNT; number += 1) this.#sentBytes += await peer.write(publishOf(number));
    } catch {
      // The other end has gone, as reading tells too.
    }
  }

  async #readAll(peer: IoPeer): Promise<void> {
    for (;;) {
      const count = await peer.read(this.#buffer);
      if (count === 0) return;
      this.#check.take(this.#buffer.subarray(0, count));
    }
  }
}
