import { describe, expect, it } from 'vitest';
import { VirtualTime, seededRandom } from '@minimq/testkit';
import { Fifo } from '../src/broker/fifo.ts';
import { Inbox } from '../src/broker/inbox.ts';
import { Schedule, type Alarm } from '../src/broker/schedule.ts';
import { TopicTree } from '../src/broker/topic-tree.ts';
import { hexOf } from './broker-helpers.ts';

describe('Fifo', () => {
  it('gives back what it took, in order, however it is used', () => {
    const random = seededRandom(7);
    const fifo = new Fifo<number>();
    const model: number[] = [];
    const got: [actual: number | undefined, expected: number | undefined][] = [];
    for (let step = 0; step < 20_000; step += 1) {
      // Grows at first, and shrinks to nothing in the end.
      if (random() < (step < 12_000 ? 0.7 : 0.1)) {
        fifo.push(step);
        model.push(step);
      } else got.push([fifo.shift(), model.shift()]);
      got.push([fifo.length, model.length], [fifo.peek(), model[0]]);
    }
    expect(got.filter(([actual, expected]) => actual !== expected)).toEqual([]);
    expect(fifo.length).toBe(0);
  });

  it('is empty after clear()', () => {
    const fifo = new Fifo<number>();
    fifo.push(1);
    fifo.clear();
    expect([fifo.length, fifo.peek(), fifo.shift()]).toEqual([0, undefined, undefined]);
  });
});

describe('Schedule', () => {
  it('does everything at its time, and what was set first first', async () => {
    const time = new VirtualTime();
    const schedule = new Schedule(time.clock());
    const done: string[] = [];
    for (const [name, atMs] of Object.entries({ d: 30, a: 10, b: 10, c: 20, now: 0 })) {
      schedule.at(atMs, () => done.push(`${name} ${time.nowMs}`));
    }
    schedule.after(10, () => done.push(`last of 10 ${time.nowMs}`));
    await time.advance(100);
    expect(done).toEqual(['now 0', 'a 10', 'b 10', 'last of 10 10', 'c 20', 'd 30']);
    expect(time.pending).toEqual([]);
  });

  it('leaves no timer behind what is cancelled', async () => {
    const time = new VirtualTime();
    const schedule = new Schedule(time.clock());
    const done: number[] = [];
    const random = seededRandom(3);
    const alarms: Alarm[] = [];
    for (let i = 0; i < 200; i += 1) {
      const atMs = Math.floor(random() * 50);
      alarms.push(schedule.at(atMs, () => done.push(atMs)));
    }
    const kept = alarms.filter((alarm, i) => {
      if (i % 3 === 0) return true;
      schedule.cancel(alarm);
      schedule.cancel(alarm);
      return false;
    });
    schedule.cancel(undefined);
    await time.advance(100);
    expect(done).toEqual(kept.map(({ atMs }) => atMs).sort((a, b) => a - b));
    const alarm = schedule.after(10, () => done.push(-1));
    schedule.cancel(alarm);
    expect(time.pending).toEqual([]);
    schedule.after(10, () => done.push(-1));
    schedule.clear();
    expect(time.pending).toEqual([]);
  });

  it('waits on where the timer goes off too early', () => {
    let nowMs = 0;
    const wakes: (number | undefined)[] = [];
    let wakeUp: () => void = () => {};
    const clock = {
      now: () => nowMs,
      wake(atMs: number | undefined, fn: () => void) {
        wakes.push(atMs);
        wakeUp = fn;
      },
      defer() {},
      random: () => 0,
    };
    const schedule = new Schedule(clock);
    const done: number[] = [];
    schedule.at(10, () => done.push(nowMs));
    nowMs = 9.5;
    wakeUp();
    expect([done, wakes]).toEqual([[], [10, 10]]);
    nowMs = 10;
    wakeUp();
    expect([done, wakes]).toEqual([[10], [10, 10]]);
  });

  it('takes on what an alarm sets', async () => {
    const time = new VirtualTime();
    const schedule = new Schedule(time.clock());
    const done: number[] = [];
    const again = (): void => {
      done.push(time.nowMs);
      if (done.length < 3) schedule.after(5, again);
    };
    schedule.after(5, again);
    await time.advance(100);
    expect(done).toEqual([5, 10, 15]);
  });
});

describe('TopicTree', () => {
  it('agrees with a plain reading of section 4.7 for filters and topics by chance', () => {
    const random = seededRandom(11);
    const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)]!;
    const some = (from: readonly string[]): string[] =>
      Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(from));
    const filters = new Set<string>();
    for (let i = 0; i < 400; i += 1) {
      const levels = some(['a', 'b', '', '+', '$a']);
      filters.add([...levels, ...(random() < 0.3 ? ['#'] : [])].join('/'));
    }
    filters.add('#');
    filters.delete('');
    const tree = new TopicTree<string>();
    for (const filter of filters) tree.set(filter, filter);
    const check = (): void => {
      for (let i = 0; i < 500; i += 1) {
        const topic = some(['a', 'b', '', '$a', 'c']).join('/');
        if (topic === '') continue;
        const expected = [...filters].filter((filter) => matchesPlainly(filter, topic));
        expect(tree.match(topic).sort()).toEqual(expected.sort());
      }
    };
    check();
    for (const filter of filters) {
      if (random() < 0.5) continue;
      filters.delete(filter);
      tree.delete(filter);
      tree.delete(filter);
      expect(tree.get(filter)).toBeUndefined();
    }
    check();
    for (const filter of filters) {
      expect(tree.get(filter)).toBe(filter);
      tree.delete(filter);
    }
    expect(tree.isEmpty).toBe(true);
  });
});

/** The filter as a regular expression. */
function matchesPlainly(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  if (filter === '#') return true;
  const pattern = filter.replace(/\/#$/, '(/.*)?').replaceAll('$', '\\$').replaceAll('+', '[^/]*');
  return new RegExp(`^${pattern}$`).test(topic);
}

describe('Inbox', () => {
  it('gives whole packets, in whatever pieces they come', () => {
    const random = seededRandom(5);
    const inbox = new Inbox();
    const packets: string[] = [];
    const stream: number[] = [];
    for (let i = 0; i < 60; i += 1) {
      const length = i % 10 === 9 ? 40_000 : Math.floor(random() * 300);
      const header =
        length < 128
          ? [length]
          : length < 16_384
            ? [128 + (length % 128), length >> 7]
            : [128 + (length % 128), 128 + ((length >> 7) % 128), length >> 14];
      const bytes = [0x30, ...header, ...Array.from({ length }, () => i)];
      packets.push(hexOf(Uint8Array.from(bytes)));
      stream.push(...bytes);
    }
    const got: string[] = [];
    for (let position = 0; position < stream.length;) {
      const room = inbox.room();
      expect(room.length).toBeGreaterThan(0);
      const count = Math.min(room.length, 1 + Math.floor(random() * 5_000), stream.length - position);
      room.set(stream.slice(position, position + count));
      inbox.added(count);
      position += count;
      for (let bytes = inbox.next(50_000); bytes !== undefined; bytes = inbox.next(50_000)) got.push(hexOf(bytes));
    }
    expect(got).toEqual(packets);
    expect(inbox.isEmpty).toBe(true);
  });

  it('refuses a packet over the maximum by its header, and has room for no more than arrives', () => {
    const inbox = new Inbox();
    inbox.add(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f));
    expect(inbox.next(268_435_460)).toBeUndefined();
    expect(inbox.room().length).toBeLessThan(20_000);
    expect(() => inbox.next(268_435_459)).toThrow(expect.objectContaining({ reasonCode: 0x95 }) as Error);
  });

  it('gives its memory back behind a large packet', () => {
    const inbox = new Inbox();
    inbox.add(Uint8Array.of(0x30, 0x80, 0x80, 0x04, ...new Uint8Array(65_536)));
    expect(inbox.next(268_435_460)).toHaveLength(65_540);
    expect(inbox.room()).toHaveLength(16 * 1024);
  });
});
