import { describe, expect, it } from 'vitest';
import { memoryLink, Transcript, want } from '@minimq/testkit';
import { scriptedBroker } from '@minimq/testkit/node';
import { closeWithTest, describeCases, matchers } from '@minimq/testkit/vitest';
import { endOfTest } from '../../src/vitest/lifecycle.ts';
import { CONNECT, failureOf, RawClient } from '../script/raw-client.ts';

expect.extend(matchers);

describe('the face for vitest', () => {
  it('has a matcher for packets', async () => {
    const link = memoryLink();
    const broker = closeWithTest(await scriptedBroker({ over: link }));
    await new RawClient(link.client).send(CONNECT);
    const connect = await broker.expect.connect();
    expect(connect).toBePacket(want.connect({ clientId: 'c', will: undefined }));
    expect(connect).not.toBePacket(want.connect({ clientId: 'd' }));
    expect(() => expect(connect).toBePacket(want.connect({ clientId: 'd', keepAlive: 60 }))).toThrow(
      "connect({ clientId: 'c', cleanStart: true, keepAlive: 60 }) is not the packet " +
        "connect({ clientId: 'd', keepAlive: 60 }); it differs in clientId",
    );
    expect(() => expect(connect).not.toBePacket(want.connect())).toThrow('is the packet connect()');
  });

  it('has a matcher for bytes', () => {
    expect(Uint8Array.of(0xe0, 0)).toBeBytes('e0 00');
    expect(Uint8Array.of(0xe0, 1)).not.toBeBytes('e0 00');
    expect(() => expect(Uint8Array.of(0xe0, 1)).toBeBytes('e0 00')).toThrow('the bytes differ');
    expect(() => expect('e0 00').toBeBytes('e0 00')).toThrow('the bytes differ');
  });

  it('has a matcher for transcripts', () => {
    const some = (byte: number): Transcript => {
      const transcript = new Transcript();
      transcript.connection().take('toServer', Uint8Array.of(byte, 0));
      return transcript;
    };
    expect(some(0xc0)).toSayTheSameAs(some(0xc0));
    expect(some(0xc0)).not.toSayTheSameAs(some(0xe0));
    expect(() => expect(some(0xc0)).toSayTheSameAs(some(0xe0))).toThrow('-   #1  |---- PINGREQ --->|');
    expect(() => expect(1).toSayTheSameAs(some(0xe0))).toThrow('it is not a Transcript');
  });

  it('closes a broker with its test', async ({ onTestFinished }) => {
    const broker = await scriptedBroker({ over: 'tcp' });
    // Hooks run in reverse order: this one is the last.
    onTestFinished(async () => {
      expect(await failureOf(broker.expect.connect())).toMatchObject({
        message: 'The scripted broker has been stopped',
      });
    });
    closeWithTest(broker);
  });

  it.fails('fails a test that leaves something over', async () => {
    const link = memoryLink();
    closeWithTest(await scriptedBroker({ over: link }));
    await new RawClient(link.client).send(CONNECT);
  });
});

describe('the end of a test that has failed', () => {
  const timeout = { message: 'Test timed out in 3000ms.' };

  it('says where the script stood, where the time was up', async () => {
    const link = memoryLink();
    const broker = await scriptedBroker({ over: link });
    await new RawClient(link.client).send(CONNECT);
    await expect(endOfTest(broker, [timeout])).rejects.toThrow('connection 1, which no step was about');
  });

  it('says nothing more, where another error came first', async () => {
    const link = memoryLink();
    const broker = await scriptedBroker({ over: link });
    await new RawClient(link.client).send(CONNECT);
    await endOfTest(broker, [timeout, { message: 'expected 1 to be 2' }]);
  });
});

const ran: string[] = [];
describeCases('a suite of cases', [
  { name: 'runs the first', run: () => void ran.push('first') },
  {
    name: 'runs the second',
    run: async () => {
      await Promise.resolve();
      expect(ran).toEqual(['first']);
    },
  },
]);
