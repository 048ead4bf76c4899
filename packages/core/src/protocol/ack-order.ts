/** What has become of one received message that needs an answer. */
const WAITING = 0xffff; // still in rx
const IN_HAND = 0xfffe; // with the application; anything else is the reason code of its answer

const LENGTH_MIN = 16;
const NONE: Uint16Array<ArrayBuffer> = /* @__PURE__ */ new Uint16Array(0);

/** Sends an answer of that packet type; false: there is no room now, it will be asked again. */
export type AckSender = (type: number, packetId: number, reasonCode: number) => boolean;

/**
 * Received messages of one QoS that have no answer yet, in the order of their arrival, which is the order that their
 * answers leave in, whatever order they are given in (section 4.6). A message is known by its place in all of them.
 */
export class AckOrder {
  #packetIds = NONE;
  #answers = NONE;
  /** Places count up for ever; the arrays hold those from `first` to `end`. */
  #first = 0;
  #end = 0;
  #claimed = 0;

  get size(): number {
    return this.#end - this.#first;
  }

  /** A message arrived that the application will be given. */
  arrived(packetId: number): void {
    this.#push(packetId, WAITING);
  }

  /** A message arrived that needs an answer and nothing else. */
  arrivedSettled(packetId: number, reasonCode: number): void {
    this.#push(packetId, reasonCode);
  }

  /** The application was given the oldest message that waits; returns its place. */
  claim(): number {
    const mask = this.#answers.length - 1;
    // Those that nobody had to claim may have been answered, and their places in the arrays taken by others.
    if (this.#claimed < this.#first) this.#claimed = this.#first;
    while (this.#answers[this.#claimed & mask] !== WAITING) this.#claimed++;
    this.#answers[this.#claimed & mask] = IN_HAND;
    return this.#claimed++;
  }

  /** Decides the answer; false where it was decided before. */
  settle(place: number, reasonCode: number): boolean {
    const index = place & (this.#answers.length - 1);
    if (place < this.#first || this.#answers[index] !== IN_HAND) return false;
    this.#answers[index] = reasonCode;
    return true;
  }

  /** Passes the answers that may leave now to `send`, oldest first, until one has to wait or `send` says that it is full. */
  drain(type: number, send: AckSender): void {
    const mask = this.#answers.length - 1;
    while (this.#first < this.#end) {
      const index = this.#first & mask;
      const answer = this.#answers[index]!;
      if (answer >= IN_HAND || !send(type, this.#packetIds[index]!, answer)) return;
      this.#first++;
    }
  }

  get hasAnswer(): boolean {
    return this.#first < this.#end && this.#answers[this.#first & (this.#answers.length - 1)]! < IN_HAND;
  }

  /** The connection is gone, and with it all that was owed. */
  clear(): void {
    this.#first = this.#end;
  }

  #push(packetId: number, answer: number): void {
    if (this.size === this.#answers.length) this.#grow();
    const index = this.#end++ & (this.#answers.length - 1);
    this.#packetIds[index] = packetId;
    this.#answers[index] = answer;
  }

  #grow(): void {
    const length = Math.max(LENGTH_MIN, this.#answers.length * 2);
    const packetIds = new Uint16Array(length);
    const answers = new Uint16Array(length);
    for (let place = this.#first; place < this.#end; place++) {
      packetIds[place & (length - 1)] = this.#packetIds[place & (this.#packetIds.length - 1)]!;
      answers[place & (length - 1)] = this.#answers[place & (this.#answers.length - 1)]!;
    }
    this.#packetIds = packetIds;
    this.#answers = answers;
  }
}
