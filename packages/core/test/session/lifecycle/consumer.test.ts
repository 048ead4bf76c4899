import { describe, expect, it } from 'vitest';
import type { OwnedPublish } from '@minimq/core';
import { CONNACK, errorOf, isPending, SESSION_PRESENT } from '../support.ts';
import { forEachAnswer, MESSAGE, MESSAGE_1, newBench, PINGREQ, PINGRESP, PUBACK_1, watch } from './bench.ts';

// recv(), poll(), drive() and messages() are one consumer.

const message = (text: string): string => `30 05  00 01 74  00  ${Buffer.from(text).toString('hex')}`;

forEachAnswer('receiving', (answers) => {
  it('recv() waits for a message, while others publish', async () => {
    const bench = newBench({}, answers);
    const { peer } = await bench.connect();
    const receiving = bench.session.recv();
    expect(await isPending(bench.time, receiving)).toBe(true);
    const op = await bench.session.publish({ topic: 't', qos: 1 });
    await peer.expect('32 06  00 01 74  00 01  00');
    peer.send(PUBACK_1);
    await bench.time.until(op.completion());
    expect(await isPending(bench.time, receiving)).toBe(true);
    peer.send(MESSAGE);
    expect((await bench.time.until(receiving)).text()).toBe('m');
  });

  it('recv() takes what is there, in order, and acknowledges it on coming back', async () => {
    const bench = newBench({}, answers);
    const { peer } = await bench.connect();
    peer.send(MESSAGE_1, '32 07  00 01 74  00 02  00  6e', message('o'));
    await bench.time.settle();
    expect((await bench.session.recv()).text()).toBe('m');
    await peer.expect();
    expect((await bench.session.recv()).text()).toBe('n');
    await peer.expect(PUBACK_1);
    expect((await bench.session.recv()).text()).toBe('o');
    await peer.expect('40 02  00 02');
  });

  it('poll() gives messages, and null for progress of another kind', async () => {
    const bench = newBench({ keepAlive: 10 }, answers);
    const { peer } = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1 });
    await peer.expect('32 06  00 01 74  00 01  00');
    while (
      !(await isPending(
        bench.time,
        bench.session.poll({ timeoutMs: 1 }).catch(() => {}),
      ))
    ) {
      // What the connection itself has brought.
    }
    await bench.time.advance(1);
    const polling = watch(bench.session.poll());
    await bench.time.settle();
    expect(polling.state).toBe('pending');
    peer.send(PUBACK_1);
    await bench.time.settle();
    expect(polling.value).toBeNull();
    const next = watch(bench.session.poll());
    peer.send(MESSAGE);
    await bench.time.settle();
    expect(next.value?.text()).toBe('m');
    const pinging = watch(bench.session.poll());
    await bench.time.advance(8000);
    await peer.expect(PINGREQ);
    expect(pinging.value).toBeNull();
    const pong = watch(bench.session.poll());
    await bench.time.settle();
    expect(pong.state).toBe('pending');
    peer.send(PINGRESP);
    await bench.time.settle();
    expect(pong.value).toBeNull();
  });

  it('poll() gives null for what a resume sends again', async () => {
    const bench = newBench({}, answers);
    const first = await bench.connect();
    await bench.session.publish({ topic: 't', qos: 1 });
    await first.peer.next();
    await first.peer.close();
    const { peer } = await bench.connect(SESSION_PRESENT);
    expect(await bench.time.until(bench.session.poll())).toBeNull();
    await peer.expect('3a 06  00 01 74  00 01  00');
  });

  it('drive() pushes out what can go, and gives a message that has arrived, or null', async () => {
    const bench = newBench({}, answers);
    const { peer } = await bench.connect();
    expect(bench.session.drive()).toBeNull();
    bench.session.tryPublish({ topic: 't', payload: 'a' });
    expect(bench.session.drive()).toBeNull();
    if (answers === 'at-once') expect(peer.take()).toEqual([]);
    await peer.expect('30 05 00 01 74 00 61');
    peer.send(MESSAGE_1, message('n'));
    await bench.time.settle();
    expect(bench.session.drive()?.text()).toBe('m');
    await peer.expect();
    expect(bench.session.drive()?.text()).toBe('n');
    await peer.expect(PUBACK_1);
    expect(bench.session.drive()).toBeNull();
  });

  it('messages() gives copies that last, and ends normally when the connection is gone', async () => {
    const bench = newBench({}, answers);
    const { peer, event } = await bench.connect();
    const got: OwnedPublish[] = [];
    const loop = (async () => {
      for await (const each of bench.session.messages()) got.push(each);
      return 'ended';
    })();
    peer.send(message('a'), message('b'));
    await bench.time.settle();
    peer.send(message('c'));
    await bench.time.settle();
    expect(got.map((each) => each.text())).toEqual(['a', 'b', 'c']);
    peer.send(message('d'));
    await peer.close();
    expect(await bench.time.until(loop)).toBe('ended');
    await event.closed;
    expect(got.map((each) => `${each.topic} ${each.text()}`)).toEqual(['t a', 't b', 't c', 't d']);
  });

  it('hands over what had arrived complete before it says that the connection is gone', async () => {
    const bench = newBench({}, answers);
    const { peer, event } = await bench.connect();
    peer.send(MESSAGE_1, message('n'), '34 07  00 01 74  00 02  00  6f', '30 05  00 01');
    await bench.time.settle();
    await peer.close();
    const error = await event.closed;
    expect(bench.session.state).toBe('disconnected');
    expect((await bench.session.recv()).text()).toBe('m');
    expect(bench.session.drive()?.text()).toBe('n');
    expect((await bench.session.poll())?.text()).toBe('o');
    expect(await errorOf(bench.session.recv())).toBe(error);
    expect(await errorOf(bench.session.poll())).toBe(error);
    expect(await errorOf(() => bench.session.drive())).toBe(error);
    await bench.time.settle();
    expect(peer.take()).toEqual([]);
  });
});

describe('one consumer', () => {
  const calls = {
    recv: (session) => session.recv(),
    poll: (session) => session.poll(),
    drive: (session) => session.drive(),
    messages: (session) => session.messages().next(),
  } satisfies Record<string, (session: ReturnType<typeof newBench>['session']) => unknown>;

  it('refuses another call while one waits, whichever it is, and does not disturb the one', async () => {
    for (const first of ['recv', 'poll', 'messages'] as const) {
      for (const second of ['recv', 'poll', 'drive', 'messages'] as const) {
        const bench = newBench();
        const { peer } = await bench.connect();
        peer.send(MESSAGE_1);
        await bench.time.settle();
        expect((await bench.session.recv()).text()).toBe('m');
        // The wait that does not end at once for what went before.
        const waiting = watch(Promise.resolve(calls[first](bench.session)));
        await peer.expect(PUBACK_1);
        if (waiting.state !== 'pending') continue;
        const error = await errorOf(() => calls[second](bench.session));
        expect(error, `${second}() during ${first}()`).toMatchObject({
          name: 'InvalidRequestError',
          code: 'consumer-busy',
          connectionLost: false,
        });
        expect(waiting.state).toBe('pending');
        peer.send(MESSAGE);
        await bench.time.settle();
        expect(waiting.state).toBe('resolved');
      }
    }
  });

  it('may wait again once the first wait is over: with a message, given up, or out of time', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    const controller = new AbortController();
    const first = watch(bench.session.recv({ signal: controller.signal }));
    controller.abort(new Error('enough'));
    await bench.time.settle();
    expect(first.state).toBe('rejected');
    const second = watch(bench.session.recv({ timeoutMs: 10 }));
    await bench.time.advance(10);
    expect(second.error).toMatchObject({ name: 'TimeoutError' });
    const third = watch(bench.session.recv());
    peer.send(MESSAGE);
    await bench.time.settle();
    expect(third.value?.text()).toBe('m');
  });

  it('a call with an aborted signal does not acknowledge, nor end the view', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    peer.send(MESSAGE_1, MESSAGE);
    await bench.time.settle();
    const view = await bench.session.recv();
    const reason = new Error('never mind');
    const signal = AbortSignal.abort(reason);
    expect(await errorOf(bench.session.recv({ signal }))).toBe(reason);
    expect(await errorOf(bench.session.poll({ signal }))).toBe(reason);
    expect(await errorOf(bench.session.messages({ signal }).next())).toBe(reason);
    expect(view.text()).toBe('m');
    await peer.expect();
  });

  it('a call that is refused does not acknowledge either', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    peer.send(MESSAGE_1);
    await bench.time.settle();
    const view = await bench.session.recv();
    for (const timeoutMs of [-1, Number.NaN]) {
      expect(await errorOf(bench.session.recv({ timeoutMs }))).toMatchObject({ code: 'invalid-argument' });
    }
    expect(view.text()).toBe('m');
    await peer.expect();
  });
});

describe('messages()', () => {
  it('does not acknowledge the message in hand when it is left by break; coming back does', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    peer.send(MESSAGE_1, '32 07  00 01 74  00 02  00  6e', '32 07  00 01 74  00 03  00  6f');
    await bench.time.settle();
    for await (const each of bench.session.messages()) if (each.text() === 'n') break;
    await peer.expect(PUBACK_1);
    for await (const each of bench.session.messages()) {
      expect(each.text()).toBe('o');
      break;
    }
    await peer.expect('40 02  00 02');
  });

  it('does not acknowledge the message in hand when the loop throws', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    peer.send(MESSAGE_1);
    await bench.time.settle();
    const failure = new Error('cannot handle that');
    const loop = (async () => {
      for await (const _ of bench.session.messages()) throw failure;
    })();
    expect(await errorOf(loop)).toBe(failure);
    await bench.time.until(bench.session.disconnect());
    expect(peer.take()).toEqual(['e0 00']);
  });

  it('belongs to one connection: it does not go on with the next one', async () => {
    const bench = newBench();
    const { peer, event } = await bench.connect();
    const messages = bench.session.messages();
    peer.send(message('a'));
    expect((await messages.next()).value?.text()).toBe('a');
    await peer.close();
    await event.closed;
    const next = await bench.connect(SESSION_PRESENT);
    next.peer.send(message('b'));
    await bench.time.settle();
    expect(await messages.next()).toEqual({ done: true, value: undefined });
    expect((await bench.session.recv()).text()).toBe('b');
  });

  it('stays ended once it has ended', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    peer.send(message('a'), message('b'));
    await bench.time.settle();
    const messages = bench.session.messages();
    expect((await messages.next()).value?.text()).toBe('a');
    expect(await messages.return!()).toEqual({ done: true, value: undefined });
    expect(await messages.next()).toEqual({ done: true, value: undefined });
    expect((await bench.session.recv()).text()).toBe('b');
    expect(messages[Symbol.asyncIterator]()).toBe(messages);
  });

  it('left while it waits takes no message away from those who come after', async () => {
    const bench = newBench();
    const { peer } = await bench.connect();
    const messages = bench.session.messages();
    const waiting = watch(messages.next());
    await bench.time.settle();
    await messages.return!();
    await bench.time.settle();
    expect(waiting.value).toEqual({ done: true, value: undefined });
    const receiving = watch(bench.session.recv());
    // It is not its wait any more.
    await messages.return!();
    peer.send(MESSAGE);
    await bench.time.settle();
    expect(receiving.value?.text()).toBe('m');
  });

  it('rejects with the reason of its signal, and with nothing else', async () => {
    const bench = newBench();
    const { peer, event } = await bench.connect();
    const controller = new AbortController();
    const reason = new Error('enough');
    const messages = bench.session.messages({ signal: controller.signal });
    const waiting = watch(messages.next());
    await bench.time.settle();
    controller.abort(reason);
    await bench.time.settle();
    expect(waiting.error).toBe(reason);
    peer.send('00');
    expect(await event.closed).toMatchObject({ by: 'protocol' });
    expect(await bench.session.messages().next()).toEqual({ done: true, value: undefined });
  });
});

it('a connection that begins anew drops what nobody has claimed', async () => {
  const bench = newBench();
  const { peer } = await bench.connect();
  peer.send(message('a'), message('b'));
  await bench.time.settle();
  await peer.close();
  expect((await bench.session.recv()).text()).toBe('a');
  const next = await bench.connect(CONNACK);
  next.peer.send(message('c'));
  expect((await bench.time.until(bench.session.recv())).text()).toBe('c');
});
