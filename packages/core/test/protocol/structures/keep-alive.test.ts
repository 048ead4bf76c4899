import { describe, expect, it } from 'vitest';
import { KeepAlive } from '../../../src/protocol/keep-alive.ts';

// Every time here is in seconds, as in the standard, until it reaches the code under test.

/** A connection that was made at 0, and what happened on it. */
class Line {
  readonly #keepAlive: KeepAlive;
  /** Whether a packet has begun to arrive and is not whole. */
  midPacket = false;

  constructor(keepAlive: number, pingTimeout?: number) {
    this.#keepAlive = new KeepAlive(keepAlive, pingTimeout === undefined ? undefined : pingTimeout * 1000, 0);
  }

  get due(): number {
    return this.#keepAlive.deadlineMs / 1000;
  }

  sent(now: number): this {
    this.#keepAlive.sent(true, now * 1000);
    return this;
  }

  /** The transport has taken part of a long packet. */
  sentPart(now: number): this {
    this.#keepAlive.sent(false, now * 1000);
    return this;
  }

  pingLeft(now: number): this {
    this.#keepAlive.sent(true, now * 1000);
    this.#keepAlive.pingSent(now * 1000);
    return this;
  }

  received(now: number): this {
    this.#keepAlive.received(now * 1000);
    return this;
  }

  answered(now: number): this {
    this.#keepAlive.received(now * 1000);
    this.#keepAlive.answered();
    return this;
  }

  rxFull(now: number): this {
    this.#keepAlive.suspend(true, now * 1000);
    return this;
  }

  rxFree(now: number): this {
    this.#keepAlive.suspend(false, now * 1000);
    return this;
  }

  tick(now: number): 'ping' | 'dead' | null {
    return this.#keepAlive.tick(now * 1000, this.midPacket);
  }
}

/** A connection with a keep alive of 60 s whose PINGREQ was due at 45 s and left then. Its answer is due at 75 s. */
function asked(pingTimeout?: number): Line {
  const line = new Line(60, pingTimeout);
  expect(line.due).toBe(45);
  expect(line.tick(45)).toBe('ping');
  return line.pingLeft(45);
}

describe('a PINGREQ', () => {
  it('is due three quarters of the keep alive after the connection began, and not before', () => {
    const line = new Line(60);
    expect(line.due).toBe(45);
    expect(line.tick(44.999)).toBeNull();
    expect(line.tick(45)).toBe('ping');
  });

  it('is due by the last packet that left, where the broker sends without end', () => {
    const line = new Line(60).sent(10);
    for (let now = 11; now < 55; now++) line.received(now);
    expect(line.due).toBe(55);
    expect(line.tick(55)).toBe('ping');
  });

  it('is due by the last byte that arrived, where we send without end', () => {
    const line = new Line(60).received(10);
    for (let now = 11; now < 55; now++) line.sent(now);
    expect(line.due).toBe(55);
    expect(line.tick(55)).toBe('ping');
  });

  it('is not put off by part of a packet that left: only a whole one counts for the broker', () => {
    const line = new Line(60).received(20).sent(10).sentPart(20);
    expect(line.due).toBe(55);
  });

  it('is not due while both sides send', () => {
    const line = new Line(60);
    for (let now = 1; now < 500; now++) {
      line.sent(now).received(now);
      expect(line.due).toBe(now + 45);
      expect(line.tick(now)).toBeNull();
    }
  });

  it('is due again three quarters after the answer, and so on for ever', () => {
    const line = new Line(60);
    for (let i = 0; i < 10; i++) {
      const now = 45 + i * 46;
      expect(line.due).toBe(now);
      expect(line.tick(now)).toBe('ping');
      line
        .pingLeft(now)
        .answered(now + 1)
        .sent(now + 1);
    }
  });

  it('that is not answered is followed by another one where its answer has longer than that', () => {
    const line = asked(100);
    expect(line.due).toBe(90);
    expect(line.tick(90)).toBe('ping');
    line.pingLeft(90);
    expect(line.due).toBe(135);
    expect(line.tick(135)).toBe('ping');
    // The answer to the first one is what is waited for.
    expect(line.due).toBe(145);
    expect(line.tick(145)).toBe('dead');
  });

  it('is never due with keep alive 0, and nobody is ever given up', () => {
    const line = new Line(0);
    expect(line.due).toBe(Number.POSITIVE_INFINITY);
    expect(line.tick(1_000_000)).toBeNull();
    line.rxFull(1_000_001).rxFree(1_000_002);
    expect(line.due).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the answer', () => {
  it.each([
    { keepAlive: 1, dueAt: 0.75 + 1, why: 'half of it, but 1 s at least' },
    { keepAlive: 10, dueAt: 7.5 + 5, why: 'half of it' },
    { keepAlive: 60, dueAt: 45 + 30, why: 'half of it' },
    { keepAlive: 65_535, dueAt: 49_151.25 + 30, why: 'half of it, but 30 s at most' },
  ])('is due at $dueAt s with a keep alive of $keepAlive s: $why', ({ keepAlive, dueAt }) => {
    const line = new Line(keepAlive);
    expect(line.tick(keepAlive * 0.75)).toBe('ping');
    line.pingLeft(keepAlive * 0.75);
    if (keepAlive === 1) expect(line.tick(1.5)).toBe('ping');
    expect(line.due).toBe(dueAt);
    expect(line.tick(dueAt - 0.001)).toBeNull();
    expect(line.tick(dueAt)).toBe('dead');
  });

  it('is due by what the configuration says, whatever the keep alive', () => {
    const line = asked(7);
    expect(line.due).toBe(52);
    expect(line.tick(51.999)).toBeNull();
    expect(line.tick(52)).toBe('dead');
  });

  it('counts from when the PINGREQ left', () => {
    const line = new Line(60, 10);
    expect(line.tick(45)).toBe('ping');
    line.pingLeft(49);
    expect(line.due).toBe(59);
    expect(line.tick(59)).toBe('dead');
  });

  it('counts from when the PINGREQ was due where the transport takes no bytes', () => {
    const line = new Line(60, 10);
    expect(line.tick(46)).toBe('ping');
    expect(line.due).toBe(55);
    expect(line.tick(55)).toBe('dead');
  });

  it('in time leaves everything as it was', () => {
    const line = asked().answered(60);
    expect(line.due).toBe(90);
    expect(line.tick(75)).toBeNull();
  });

  it('is a PINGRESP: other packets do not stand for it', () => {
    const line = asked(10).received(54);
    expect(line.due).toBe(55);
    expect(line.tick(55)).toBe('dead');
  });
});

describe('a slow line', () => {
  it('is not dead while a long upload in front of the PINGREQ makes progress', () => {
    const line = new Line(60, 10);
    expect(line.tick(45)).toBe('ping');
    for (let now = 46; now < 200; now += 9) {
      line.sentPart(now);
      const due = line.due;
      expect(due).toBeLessThanOrEqual(now + 10);
      if (due < now + 10) line.tick(due);
      expect(line.tick(now + 8.9)).not.toBe('dead');
    }
    line.pingLeft(200).answered(205);
    expect(line.tick(206)).toBeNull();
  });

  it('is dead when the upload makes none any more', () => {
    const line = new Line(60, 10);
    line.tick(45);
    line.sentPart(52);
    expect(line.due).toBe(62);
    expect(line.tick(62)).toBe('dead');
  });

  it('is not dead while a long packet arrives, which no answer can pass', () => {
    const line = asked(10);
    line.midPacket = true;
    line.received(54);
    expect(line.tick(55)).toBeNull();
    expect(line.due).toBe(64);
    line.received(63);
    expect(line.tick(64)).toBeNull();
    expect(line.due).toBe(73);
    // The rest of the packet, and nothing behind it.
    line.midPacket = false;
    line.received(70);
    expect(line.tick(73)).toBe('dead');
  });

  it('is dead when the long packet stops arriving', () => {
    const line = asked(10);
    line.midPacket = true;
    line.received(54);
    expect(line.tick(55)).toBeNull();
    expect(line.due).toBe(64);
    expect(line.tick(64)).toBe('dead');
  });

  it('has the whole time for the answer after both: a long packet that arrived, and a long one that left', () => {
    const line = new Line(60, 10);
    expect(line.tick(45)).toBe('ping');
    line.sentPart(49).received(52);
    line.midPacket = true;
    expect(line.tick(59)).toBeNull();
    line.midPacket = false;
    line.pingLeft(61);
    expect(line.due).toBe(71);
    expect(line.tick(70.999)).toBeNull();
    expect(line.tick(71)).toBe('dead');
  });
});

describe('a deadline that fires late', () => {
  it('by less than the time for the answer ends the connection as one in time does', () => {
    expect(asked(10).tick(64.999)).toBe('dead');
  });

  it('by that or more opens one new window, and a second expiry without a byte ends the connection', () => {
    const line = asked(10);
    expect(line.tick(65)).toBeNull();
    expect(line.due).toBe(75);
    expect(line.tick(74.999)).toBeNull();
    expect(line.tick(75)).toBe('dead');
  });

  it('twice ends the connection too, however late the second time is', () => {
    const line = asked(10);
    expect(line.tick(1000)).toBe('ping');
    expect(line.due).toBe(1010);
    expect(line.tick(9000)).toBe('dead');
  });

  it('opens the window in the middle of a packet too', () => {
    const line = asked(10);
    line.midPacket = true;
    line.received(50);
    expect(line.tick(66)).toBeNull();
    expect(line.due).toBe(76);
  });

  it('leaves the connection alone where the answer has arrived meanwhile', () => {
    const line = asked(10).answered(500);
    expect(line.tick(500)).toBe('ping');
    expect(line.due).toBe(510);
  });

  it('opens another window where the one before it brought a byte, but not the answer', () => {
    const line = asked(10);
    expect(line.tick(65)).toBeNull();
    line.received(70);
    expect(line.due).toBe(75);
    expect(line.tick(75)).toBeNull();
    expect(line.due).toBe(85);
    expect(line.tick(85)).toBe('dead');
  });

  it('for the PINGREQ counts its answer from then', () => {
    const line = new Line(60, 10);
    expect(line.tick(2000)).toBe('ping');
    expect(line.due).toBe(2010);
    expect(line.tick(2010)).toBe('dead');
  });

  it('is over and done with when the answer comes', () => {
    const line = asked(10);
    expect(line.tick(65)).toBeNull();
    line.answered(66).sent(66);
    expect(line.tick(111)).toBe('ping');
    line.pingLeft(111);
    expect(line.tick(121)).toBe('dead');
  });

  it('opens a window anew after an answer: each time of sleep has its own', () => {
    const line = asked(10);
    expect(line.tick(65)).toBeNull();
    line.answered(66).sent(66);
    expect(line.tick(111)).toBe('ping');
    line.pingLeft(111);
    expect(line.tick(500)).toBe('ping');
    expect(line.due).toBe(510);
    expect(line.tick(510)).toBe('dead');
  });
});

describe('while rx is full', () => {
  it('the answer is not waited for, and PINGREQs go on', () => {
    const line = asked(10).rxFull(50);
    expect(line.due).toBe(90);
    for (let now = 90; now < 1000; now += 45) {
      expect(line.due).toBe(now);
      expect(line.tick(now)).toBe('ping');
      line.pingLeft(now);
    }
  });

  it('a PINGREQ goes out though nothing was asked before', () => {
    const line = new Line(60, 10).rxFull(10);
    expect(line.tick(45)).toBe('ping');
    line.pingLeft(45);
    expect(line.due).toBe(90);
    line.rxFree(60);
    expect(line.due).toBe(70);
    expect(line.tick(70)).toBe('dead');
  });

  it('ends, and reading again opens a fresh window', () => {
    const line = asked(10).rxFull(50).rxFree(500);
    expect(line.due).toBe(90);
    line.tick(500);
    expect(line.due).toBe(510);
    expect(line.tick(509.999)).toBeNull();
    expect(line.tick(510)).toBe('dead');
  });

  it('ends, and the window is fresh after a window for a late deadline too', () => {
    const line = asked(10);
    expect(line.tick(65)).toBeNull();
    line.rxFull(70).rxFree(200);
    expect(line.tick(200)).toBe('ping');
    expect(line.due).toBe(210);
    // And may be opened once more.
    expect(line.tick(220)).toBeNull();
    expect(line.due).toBe(230);
    expect(line.tick(230)).toBe('dead');
  });

  it('ends while the PINGREQ has not left: its answer has the whole time from then', () => {
    const line = new Line(60, 10);
    expect(line.tick(45)).toBe('ping');
    line.rxFull(46).rxFree(50);
    expect(line.due).toBe(60);
    line.pingLeft(58);
    expect(line.due).toBe(68);
    expect(line.tick(68)).toBe('dead');
  });

  it('makes no difference where nothing was asked, however often it is said', () => {
    const line = new Line(60, 10).rxFull(1).rxFull(2).rxFree(3).rxFree(4);
    expect(line.due).toBe(45);
    expect(asked(10).rxFree(50).due).toBe(55);
  });
});
