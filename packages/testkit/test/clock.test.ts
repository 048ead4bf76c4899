import { describe, expect, it, vi } from 'vitest';
import { VirtualTime, seededRandom, type Ride, type RideEnd } from '@minimq/testkit';

/** A promise that settles only after `length` microtasks, one behind the other. */
async function promiseChain(length: number): Promise<void> {
  for (let link = 0; link < length; link += 1) await Promise.resolve();
}

describe('a clock', () => {
  it('shows the time of its time line, which stands still until it is moved', async () => {
    const time = new VirtualTime({ startMs: 500 });
    const [first, second] = [time.clock(), time.clock()];
    expect([first.now(), second.now()]).toEqual([500, 500]);
    await time.advance(1.5);
    expect([first.now(), second.now(), time.nowMs]).toEqual([501.5, 501.5, 501.5]);
  });

  it('has one timer: a second wake() replaces the first, undefined and Infinity clear it', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const fired: string[] = [];
    clock.wake(10, () => fired.push('first'));
    clock.wake(20, () => fired.push('second'));
    await time.advance(30);
    expect(fired).toEqual(['second']);
    clock.wake(40, () => fired.push('third'));
    clock.wake(undefined, () => fired.push('never'));
    clock.wake(50, () => fired.push('fourth'));
    clock.wake(Number.POSITIVE_INFINITY, () => fired.push('never'));
    await time.advance(100);
    expect(fired).toEqual(['second']);
  });

  it('refuses NaN as a time', () => {
    expect(() => new VirtualTime().clock('session').wake(Number.NaN, () => {})).toThrow(/session: .* NaN/);
  });

  it('fires a timer of the past without any time passing', async () => {
    const time = new VirtualTime({ startMs: 100, turns: 'held' });
    const clock = time.clock();
    const firedAt: number[] = [];
    clock.wake(50, () => firedAt.push(clock.now()));
    expect(firedAt).toEqual([]);
    await time.settle();
    expect(firedAt).toEqual([100]);
  });

  it('fires a timer of the past by itself where turns are free', async () => {
    const clock = new VirtualTime({ startMs: 100 }).clock();
    expect(await new Promise((resolve) => clock.wake(50, () => resolve(clock.now())))).toBe(100);
  });

  it('may set its timer again from within its timer', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const firedAt: number[] = [];
    const fire = (): void => {
      firedAt.push(clock.now());
      clock.wake(clock.now() + 10, fire);
    };
    clock.wake(10, fire);
    await time.advance(35);
    expect(firedAt).toEqual([10, 20, 30]);
  });

  it('lists what it still has to do', async () => {
    const time = new VirtualTime({ turns: 'held' });
    const [session, broker] = [time.clock('session'), time.clock('broker')];
    session.wake(200, () => {});
    broker.wake(100, () => {});
    session.defer(() => {});
    expect(time.pending).toEqual([
      { clock: 'session', kind: 'turn', atMs: 0 },
      { clock: 'broker', kind: 'timer', atMs: 100 },
      { clock: 'session', kind: 'timer', atMs: 200 },
    ]);
    expect(broker.pending).toEqual([{ clock: 'broker', kind: 'timer', atMs: 100 }]);
    await time.advance(200);
    expect(time.pending).toEqual([]);
  });
});

describe('advance', () => {
  it('fires the timers of all clocks in the order of their times, each at its time', async () => {
    const time = new VirtualTime();
    const fired: [number, number][] = [];
    for (const atMs of [30, 10, 20]) {
      const clock = time.clock();
      clock.wake(atMs, () => fired.push([atMs, clock.now()]));
    }
    await time.advance(25);
    expect(fired).toEqual([
      [10, 10],
      [20, 20],
    ]);
    expect(time.nowMs).toBe(25);
    await time.advanceTo(30);
    expect(fired.at(-1)).toEqual([30, 30]);
  });

  it('fires timers of the same time in the order in which they were set', async () => {
    const time = new VirtualTime();
    const [first, second] = [time.clock(), time.clock()];
    const fired: string[] = [];
    first.wake(10, () => fired.push('first'));
    second.wake(10, () => fired.push('second'));
    first.wake(10, () => fired.push('first, set again'));
    await time.advance(10);
    expect(fired).toEqual(['second', 'first, set again']);
  });

  it('runs the turns and the promises of one timer before the next timer, even a timer set meanwhile', async () => {
    const time = new VirtualTime();
    const [first, second, third] = [time.clock(), time.clock(), time.clock()];
    const log: string[] = [];
    const note = (what: string): void => void log.push(`${what} at ${time.nowMs}`);
    first.wake(10, () => {
      note('timer');
      first.defer(() => {
        note('turn');
        void promiseChain(5_000).then(() => {
          note('promise');
          third.wake(15, () => note('new timer'));
        });
      });
    });
    second.wake(20, () => note('later timer'));
    await time.advance(20);
    expect(log).toEqual(['timer at 10', 'turn at 10', 'promise at 10', 'new timer at 15', 'later timer at 20']);
  });

  it('refuses to go back, and to be called while the time is moving', async () => {
    const time = new VirtualTime({ startMs: 10 });
    await expect(time.advance(-1)).rejects.toThrow(RangeError);
    await expect(time.advanceTo(9)).rejects.toThrow('it is 10 ms already');
    await expect(time.advanceTo(Number.NaN)).rejects.toThrow(RangeError);
    const moving = time.advance(10);
    await expect(time.advance(5)).rejects.toThrow('the time is being moved already');
    await moving;
    expect(time.nowMs).toBe(20);
  });

  it('rejects with what a timer throws, and can go on', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    clock.wake(10, () => {
      throw new Error('thrown by a timer');
    });
    await expect(time.advance(20)).rejects.toThrow('thrown by a timer');
    expect(time.nowMs).toBe(10);
    await time.advance(20);
    expect(time.nowMs).toBe(30);
  });
});

describe('turns', () => {
  it('run one at a time in order, with all promises settled in between, however long the chain', async () => {
    const time = new VirtualTime({ turns: 'held' });
    const [first, second] = [time.clock(), time.clock()];
    const log: string[] = [];
    first.defer(() => {
      log.push('turn 1');
      void promiseChain(10_000).then(() => log.push('promise of turn 1'));
      first.defer(() => log.push('turn 3'));
    });
    second.defer(() => log.push('turn 2'));
    await time.settle();
    expect(log).toEqual(['turn 1', 'promise of turn 1', 'turn 2', 'turn 3']);
  });

  it('run before a timer that is due at the same moment', async () => {
    const time = new VirtualTime({ turns: 'held' });
    const clock = time.clock();
    const log: string[] = [];
    clock.wake(0, () => log.push('timer'));
    clock.defer(() => log.push('turn'));
    await time.settle();
    expect(log).toEqual(['turn', 'timer']);
  });

  it('run by themselves when free: a test may simply await, and no time passes', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const log: string[] = [];
    const done = new Promise<void>((resolve) => {
      clock.defer(() => {
        log.push('turn 1');
        void promiseChain(1_000).then(() => log.push('promise of turn 1'));
        clock.defer(() => {
          log.push('turn 2');
          resolve();
        });
      });
    });
    clock.wake(1, () => log.push('never'));
    expect(log).toEqual([]);
    await done;
    expect(log).toEqual(['turn 1', 'promise of turn 1', 'turn 2']);
    expect(time.nowMs).toBe(0);
  });

  it('do not run by themselves when held: turn() runs exactly one', async () => {
    const time = new VirtualTime({ turns: 'held' });
    const clock = time.clock();
    const log: string[] = [];
    clock.defer(() => void Promise.resolve().then(() => log.push('promise of turn 1')));
    clock.defer(() => log.push('turn 2'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual([]);
    expect(await time.turn()).toBe(true);
    expect(log).toEqual(['promise of turn 1']);
    expect(await time.turn()).toBe(true);
    expect(log).toEqual(['promise of turn 1', 'turn 2']);
    expect(await time.turn()).toBe(false);
  });

  it('that never end at one moment are an error that names the clock', async () => {
    const time = new VirtualTime({ turns: 'held', turnCountMax: 100 });
    const clock = time.clock('busy');
    let turnCount = 0;
    const again = (): void => {
      turnCount += 1;
      clock.defer(again);
    };
    clock.defer(again);
    await expect(time.settle()).rejects.toThrow(
      'At 0 ms 100 turns have run and the time stands still. Left to do: turn of busy',
    );
    expect(turnCount).toBe(101);
  });

  it.each(['free', 'held'] as const)('that throw reject the wait that runs them, with turns %s', async (turns) => {
    const time = new VirtualTime({ turns });
    const clock = time.clock();
    let ran = false;
    clock.defer(() => {
      throw new Error('thrown by a turn');
    });
    clock.defer(() => (ran = true));
    await expect(time.settle()).rejects.toThrow('thrown by a turn');
    await time.settle();
    expect(ran).toBe(true);
  });

  it('need no timers of the platform, so that fake ones are not in the way', async () => {
    vi.useFakeTimers();
    try {
      const time = new VirtualTime();
      const clock = time.clock();
      let ran = false;
      clock.wake(10, () => clock.defer(() => (ran = true)));
      await time.advance(10);
      expect(ran).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('late timers', () => {
  it('fire after a jump, at the later time, in the order of their times', async () => {
    const time = new VirtualTime({ turns: 'held' });
    const [first, second] = [time.clock(), time.clock()];
    const fired: [string, number][] = [];
    second.wake(20, () => fired.push(['second', time.nowMs]));
    first.wake(10, () => fired.push(['first', time.nowMs]));
    time.jump(1_000);
    expect(first.now()).toBe(1_000);
    expect(fired).toEqual([]);
    await time.settle();
    expect(fired).toEqual([
      ['first', 1_000],
      ['second', 1_000],
    ]);
  });

  it.each(['free', 'held'] as const)('fire after input that arrived during the jump, with turns %s', async (turns) => {
    const time = new VirtualTime({ turns });
    const clock = time.clock();
    const log: string[] = [];
    let arrive = (): void => {};
    void new Promise<void>((resolve) => (arrive = resolve)).then(() => log.push('input'));
    clock.wake(10, () => log.push('timer'));
    time.jump(1_000);
    arrive();
    await time.settle();
    expect(log).toEqual(['input', 'timer']);
  });

  it('fire by themselves after a jump where turns are free', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const fired = new Promise<number>((resolve) => clock.wake(10, () => resolve(clock.now())));
    time.jump(99);
    expect(await fired).toBe(99);
  });

  it('fire late by timerLateMs from when that is set', async () => {
    const time = new VirtualTime();
    const [before, after, past] = [time.clock(), time.clock(), time.clock()];
    const firedAt: number[] = [];
    before.wake(100, () => firedAt.push(time.nowMs));
    time.timerLateMs = 1_000;
    after.wake(100, () => firedAt.push(time.nowMs));
    await time.advance(200);
    past.wake(150, () => firedAt.push(time.nowMs));
    await time.advance(2_000);
    expect(firedAt).toEqual([100, 1_100, 1_200]);
    expect(() => (time.timerLateMs = -1)).toThrow(RangeError);
  });
});

describe('until', () => {
  it('moves the time on as far as the promise takes, and no further', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const other = time.clock();
    other.wake(31, () => {});
    const promise = new Promise<string>((resolve) => {
      clock.wake(10, () => clock.wake(30, () => clock.defer(() => resolve('done'))));
    });
    expect(await time.until(promise)).toBe('done');
    expect(time.nowMs).toBe(30);
    expect(time.pending).toHaveLength(1);
  });

  it('settles as the promise does', async () => {
    const time = new VirtualTime();
    await expect(time.until(Promise.reject(new Error('its own error')))).rejects.toThrow('its own error');
    expect(await time.until(Promise.resolve(7))).toBe(7);
  });

  it('rejects at once where nothing is left that could settle the promise', async () => {
    const time = new VirtualTime();
    await expect(time.until(new Promise(() => {}))).rejects.toThrow(
      'At 0 ms the promise is still pending. Left to do: nothing.',
    );
  });

  it('rejects past its limit and says what is left to do', async () => {
    const time = new VirtualTime();
    const clock = time.clock('keep-alive');
    const ping = (): void => clock.wake(clock.now() + 40, ping);
    ping();
    await expect(time.until(new Promise(() => {}), { limitMs: 100 })).rejects.toThrow(
      'At 80 ms the promise is still pending. Left to do: timer of keep-alive at 120 ms.',
    );
  });
});

describe('onStep', () => {
  it('is called before every turn, before every timer, and before the time moves on', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const log: string[] = [];
    const promise = new Promise<void>((resolve) => {
      clock.defer(() => log.push('turn'));
      clock.wake(10, () => {
        log.push('timer');
        resolve();
      });
    });
    await time.until(promise, { onStep: () => log.push(`step at ${time.nowMs}`) });
    expect(log).toEqual(['step at 0', 'turn', 'step at 0', 'step at 10', 'timer']);
  });

  it('brings about what happens before the step', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const log: string[] = [];
    let begin = (): void => {};
    void new Promise<void>((resolve) => (begin = resolve))
      .then(() => promiseChain(1_000))
      .then(() => log.push('promise'));
    const promise = new Promise<void>((resolve) => {
      clock.wake(10, () => {
        log.push('timer');
        resolve();
      });
    });
    const onStep = (): void => {
      if (time.nowMs === 10) begin();
    };
    await time.until(promise, { onStep });
    expect(log).toEqual(['promise', 'timer']);
  });

  it('may settle the promise, and no step is made then', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    const ran = vi.fn();
    clock.wake(10, ran);
    let onStep = (): void => {};
    const promise = new Promise<string>((resolve) => (onStep = () => resolve('by the step')));
    expect(await time.until(promise, { onStep })).toBe('by the step');
    expect([time.nowMs, ran.mock.calls.length]).toEqual([0, 0]);
  });

  it('that throws rejects the wait, and the time can be moved again', async () => {
    const time = new VirtualTime();
    time.clock().wake(10, () => {});
    const onStep = (): void => {
      throw new Error('thrown by a step');
    };
    await expect(time.until(new Promise(() => {}), { onStep })).rejects.toThrow('thrown by a step');
    await time.advance(10);
    expect([time.nowMs, time.isMoving]).toEqual([10, false]);
  });
});

describe('ride', () => {
  /** Notes how each ride ends and when; the rides begin while the time is being moved. */
  function riding(rides: Readonly<Record<string, Ride>>) {
    const time = new VirtualTime();
    const log: string[] = [];
    /** To be called after the time has begun to move. */
    const begin = (): void => {
      for (const [name, ride] of Object.entries(rides)) {
        void time.ride(ride).then((end) => log.push(`${name} ${end} at ${time.nowMs}`));
      }
    };
    return { time, clock: time.clock('timer'), log, begin };
  }

  it('is over at once where nobody moves the time', async () => {
    const time = new VirtualTime();
    expect(await time.ride({ to: 'moment', atMs: 10 })).toBe('halt');
    expect(await time.ride({ to: 'event', atMs: 10, done: Promise.resolve() })).toBe('halt');
    expect(time.nowMs).toBe(0);
  });

  it('to a moment stops the time there, after all that is due then', async () => {
    const { time, clock, log, begin } = riding({
      second: { to: 'moment', atMs: 20 },
      first: { to: 'moment', atMs: 10 },
      past: { to: 'moment', atMs: -1 },
      never: { to: 'moment', atMs: 21 },
    });
    clock.wake(10, () => log.push('timer'));
    const moving = time.advance(20);
    begin();
    await moving;
    expect(log).toEqual([
      'past arrived at 0',
      'timer',
      'first arrived at 10',
      'second arrived at 20',
      'never halt at 20',
    ]);
  });

  it('ends with what it waits for, also where that rejects', async () => {
    let settle = (): void => {};
    const { time, clock, log, begin } = riding({
      event: { to: 'event', atMs: 100, done: new Promise<void>((resolve) => (settle = resolve)) },
      failed: { to: 'moment', atMs: 100, done: Promise.reject(new Error('what it waits for')) },
    });
    clock.wake(10, () => settle());
    const moving = time.advance(30);
    begin();
    await moving;
    expect(log).toEqual(['failed done at 0', 'event done at 10']);
  });

  it('to an event ends before the time moves past its limit', async () => {
    const { time, clock, log, begin } = riding({
      short: { to: 'event', atMs: 10, done: new Promise(() => {}) },
      exact: { to: 'event', atMs: 20, done: new Promise(() => {}) },
    });
    clock.wake(20, () => log.push('timer'));
    const moving = time.advance(20);
    begin();
    await moving;
    expect(log).toEqual(['short too-late at 0', 'timer', 'exact halt at 20']);
  });

  it('to an event ends before the until() that moves the time gives up: nothing is left, or the limit has passed', async () => {
    const ride: Ride = { to: 'event', atMs: 1_000, done: new Promise(() => {}) };
    const idle = riding({ event: ride });
    const nothingLeft = idle.time.until(new Promise(() => {}));
    idle.begin();
    await expect(nothingLeft).rejects.toThrow('Left to do: nothing');
    expect(idle.log).toEqual(['event nothing-left at 0']);

    const busy = riding({ event: ride });
    busy.clock.wake(500, () => {});
    const limited = busy.time.until(new Promise(() => {}), { limitMs: 100 });
    busy.begin();
    await expect(limited).rejects.toThrow('timer of timer at 500 ms');
    expect(busy.log).toEqual(['event limit-reached at 0']);
  });

  it('can save the until() that was about to give up', async () => {
    const time = new VirtualTime();
    const saved = new Promise<RideEnd>((resolve) => {
      queueMicrotask(() => resolve(time.ride({ to: 'event', atMs: 1_000, done: new Promise(() => {}) })));
    });
    expect(await time.until(saved)).toBe('nothing-left');
  });
});

describe('runUntilIdle', () => {
  it('ends when no clock has anything left to do', async () => {
    const time = new VirtualTime();
    const clock = time.clock();
    clock.wake(10, () => clock.wake(20, () => clock.defer(() => clock.wake(50, () => {}))));
    await time.runUntilIdle();
    expect(time.nowMs).toBe(50);
    expect(time.pending).toEqual([]);
  });

  it('rejects where a clock never comes to rest', async () => {
    const time = new VirtualTime();
    const clock = time.clock('keep-alive');
    const ping = (): void => clock.wake(clock.now() + 40, ping);
    ping();
    await expect(time.runUntilIdle({ limitMs: 100 })).rejects.toThrow(/after 100 ms.*timer of keep-alive at 120 ms/);
  });
});

describe('random numbers', () => {
  const draw = (random: () => number): number[] => Array.from({ length: 1_000 }, random);

  it('lie in 0 <= x < 1 and are spread evenly', () => {
    const numbers = draw(seededRandom(1));
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    const perTenth = Array.from(
      { length: 10 },
      (_, tenth) => numbers.filter((x) => Math.floor(x * 10) === tenth).length,
    );
    for (const count of perTenth) expect(count).toBeGreaterThan(60);
  });

  it('repeat with the seed, and differ with seed and stream', () => {
    const seeds: [number, number][] = [
      [0, 0],
      [1, 0],
      [0, 1],
      [2, 0],
      [1, 1],
      [2 ** 32, 0],
      [2 ** 32 + 1, 0],
    ];
    const sequences = seeds.map(([seed, stream]) => draw(seededRandom(seed, stream)).join());
    expect(new Set(sequences).size).toBe(seeds.length);
    expect(seeds.map(([seed, stream]) => draw(seededRandom(seed, stream)).join())).toEqual(sequences);
  });

  it('are each clock’s own: what one draws does not shift another’s', () => {
    const numbersOfSecond = (drawsOfFirst: number): number[] => {
      const time = new VirtualTime({ seed: 42 });
      const [first, second] = [time.clock(), time.clock()];
      for (let count = 0; count < drawsOfFirst; count += 1) first.random();
      return draw(() => second.random());
    };
    expect(numbersOfSecond(5)).toEqual(numbersOfSecond(0));
    const first = new VirtualTime({ seed: 42 }).clock();
    expect(draw(() => first.random())).not.toEqual(numbersOfSecond(0));
  });
});
