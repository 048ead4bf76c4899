/** A PINGREQ is due after this part of the keep alive, so that it arrives within it. */
const PING_AFTER = 0.75;
const PING_TIMEOUT_MS_MIN = 1_000;
const PING_TIMEOUT_MS_MAX = 30_000;

/** When to send a PINGREQ, and when to give the broker up (section 3.1.2.10). */
export class KeepAlive {
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #lastSentMs: number;
  #lastTakenMs: number;
  #lastReceivedMs: number;
  /** When the PINGREQ that has no answer was due. */
  #pingDueMs: number | undefined;
  /** When its last byte left; `undefined`: the transport has not taken it. */
  #pingLeftMs: number | undefined;
  /** When the window for the answer was opened anew: it does not end earlier than one opened then. */
  #openedMs = Number.NEGATIVE_INFINITY;
  /** A deadline that fired far too late has opened one more window. */
  #wasLate = false;
  /** Whether a byte has arrived in the window that was opened last. */
  #heard = false;
  #suspended = false;

  constructor(keepAlive: number, pingTimeoutMs: number | undefined, nowMs: number) {
    this.#intervalMs = keepAlive === 0 ? Number.POSITIVE_INFINITY : keepAlive * 1000 * PING_AFTER;
    const half = (keepAlive * 1000) / 2;
    this.#timeoutMs = pingTimeoutMs ?? Math.min(Math.max(half, PING_TIMEOUT_MS_MIN), PING_TIMEOUT_MS_MAX);
    this.#lastSentMs = nowMs;
    this.#lastTakenMs = nowMs;
    this.#lastReceivedMs = nowMs;
  }

  /** The transport took bytes; `packets`: whether they ended one. */
  sent(packets: boolean, nowMs: number): void {
    this.#lastTakenMs = nowMs;
    if (packets) this.#lastSentMs = nowMs;
  }

  /** The PINGREQ has left. */
  pingSent(nowMs: number): void {
    if (this.#pingDueMs !== undefined) this.#pingLeftMs ??= nowMs;
  }

  received(nowMs: number): void {
    this.#lastReceivedMs = nowMs;
    this.#heard = true;
  }

  answered(): void {
    this.#pingDueMs = undefined;
    this.#pingLeftMs = undefined;
    this.#wasLate = false;
  }

  /** While nothing is read, no answer can arrive; reading again opens a fresh window. */
  suspend(suspended: boolean, nowMs: number): void {
    if (this.#suspended && !suspended) {
      this.#wasLate = false;
      this.#open(nowMs);
    }
    this.#suspended = suspended;
  }

  get deadlineMs(): number {
    return Math.min(this.#nextPingMs(), this.#answerDueMs());
  }

  /** What has to happen now. `midPacket`: a packet has begun to arrive and is not whole, so that no answer can pass it. */
  tick(nowMs: number, midPacket: boolean): 'ping' | 'dead' | null {
    const answerDueMs = this.#answerDueMs();
    if (nowMs >= answerDueMs) {
      // So late that the answer may wait unread: the machine was asleep, or the page was throttled.
      if (this.#wasLate ? this.#heard : nowMs - answerDueMs >= this.#timeoutMs) {
        this.#wasLate = true;
        this.#open(nowMs);
      } else if (midPacket && this.#lastReceivedMs > answerDueMs - this.#timeoutMs) this.#open(this.#lastReceivedMs);
      else return 'dead';
    }
    const nextPingMs = this.#nextPingMs();
    if (nowMs < nextPingMs) return null;
    const late = nowMs - nextPingMs >= this.#timeoutMs;
    if (this.#pingDueMs === undefined) this.#pingDueMs = late ? nowMs : nextPingMs;
    this.#lastSentMs = nowMs;
    return 'ping';
  }

  #open(nowMs: number): void {
    this.#openedMs = nowMs;
    this.#heard = false;
  }

  #nextPingMs(): number {
    // An unanswered PINGREQ is followed by another only to keep the broker content.
    const since = this.#pingDueMs === undefined ? Math.min(this.#lastSentMs, this.#lastReceivedMs) : this.#lastSentMs;
    return since + this.#intervalMs;
  }

  #answerDueMs(): number {
    if (this.#pingDueMs === undefined || this.#suspended) return Number.POSITIVE_INFINITY;
    const asked = this.#pingLeftMs ?? Math.max(this.#pingDueMs, this.#lastTakenMs);
    return Math.max(asked, this.#openedMs) + this.#timeoutMs;
  }
}
