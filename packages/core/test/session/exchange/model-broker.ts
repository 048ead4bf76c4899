import { hex, toHex, type Peer } from '../support.ts';

// The broker's side of the exchange of one message: "t", the payload "hi".

/** A PUBLISH of the client's, with the identifier 1, behind its first byte; and its PUBREL. */
export const PUBLISHED = '08  00 01 74  00 01  00  68 69';
export const RELEASED = '62 02  00 01';
/** A PUBLISH of the broker's, with the identifier 10, behind its first byte. */
const DELIVERED = '08  00 01 74  00 0a  00  68 69';

/** A broker as far as one publish goes: what it has passed on, and what it holds. */
export class Receiver {
  passedOn = 0;
  #holds = false;

  readonly answer = (packet: string): string | undefined => {
    switch (packet) {
      case toHex(hex(`32 ${PUBLISHED}`)):
      case toHex(hex(`3a ${PUBLISHED}`)):
        this.passedOn++;
        return '40 02  00 01';
      case toHex(hex(`34 ${PUBLISHED}`)):
      case toHex(hex(`3c ${PUBLISHED}`)):
        if (!this.#holds) this.passedOn++;
        this.#holds = true;
        return '50 02  00 01';
      case toHex(hex(RELEASED)):
        this.#holds = false;
        return '70 02  00 01';
      default:
        throw new Error(`the broker was sent ${packet}`);
    }
  };
}

/** A broker as far as one message to the client goes: what it still owes. */
export class Sender {
  state: 'publish' | 'release' | 'done' = 'publish';
  readonly #qos: 1 | 2;
  #sent = false;
  #resumed = false;

  constructor(qos: 1 | 2) {
    this.#qos = qos;
  }

  /** A connection has begun. */
  attach(peer: Peer): void {
    this.#resumed = this.#sent;
    if (this.state === 'release') peer.send('62 02  00 0a');
    if (this.state === 'publish') peer.send(`3${((this.#sent ? 8 : 0) + 2 * this.#qos).toString(16)} ${DELIVERED}`);
    this.#sent = true;
  }

  readonly answer = (packet: string): string | undefined => {
    if (packet === toHex(hex('40 02  00 0a')) && this.#qos === 1) this.state = 'done';
    else if (packet === toHex(hex('50 02  00 0a')) && this.#qos === 2 && this.state !== 'done') {
      this.state = 'release';
      return '62 02  00 0a';
    } else if (packet === toHex(hex('70 02  00 0a')) && this.state === 'release') this.state = 'done';
    // The client had finished before the connection was lost.
    else if (packet === toHex(hex('70 03  00 0a 92')) && this.state === 'release' && this.#resumed) this.state = 'done';
    else throw new Error(`the broker was sent ${packet}`);
    return undefined;
  };
}
