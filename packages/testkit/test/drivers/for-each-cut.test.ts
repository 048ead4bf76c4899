import { describe, expect, it } from 'vitest';
import { forEachCut, TroubleError, type Bench, type CutPosition } from '@minimq/testkit';
import { bytes, readAll, sendAll } from '../link-helpers.ts';
import { sendToItself } from './exchanges.ts';

describe('a session that sends messages to itself', () => {
  it('at QoS 2 gets each exactly once and in order, whatever byte its connection is cut at [MQTT-4.3.3-10]', async () => {
    const cuts = await forEachCut(async (bench) => {
      expect(await sendToItself(bench, 2)).toEqual(['hi', 'end']);
    });
    // Every byte of CONNECT, SUBSCRIBE, PUBLISH, PUBREL, PUBREC, PUBCOMP and DISCONNECT, and their answers.
    for (const direction of ['toServer', 'toClient']) {
      const afterBytes = cuts
        .filter((cut) => cut.direction === direction && cut.kind === 'lost')
        .map((cut) => cut.afterBytes);
      expect(afterBytes).toEqual(Array.from({ length: afterBytes.length }, (_, index) => index));
      expect(afterBytes.length).toBeGreaterThan(50);
    }
  });

  it('at QoS 1 loses none', async () => {
    await forEachCut(async (bench) => {
      const texts = await sendToItself(bench, 1);
      expect(new Set(texts)).toEqual(new Set(['hi', 'end']));
    });
  });

  it('may have its second connection cut as well', async () => {
    let openedCount = 0;
    await expect(
      forEachCut(
        async (bench) => {
          openedCount = 0;
          const open = (): ReturnType<Bench['open']> => {
            openedCount += 1;
            const link = bench.open();
            if (openedCount === 1) link.cut();
            return link;
          };
          expect(await sendToItself({ ...bench, open }, 2)).toEqual(['hi', 'end']);
          expect(openedCount).toBeGreaterThan(1);
        },
        { connection: 2, directions: ['toClient'], kinds: ['lost'] },
      ),
    ).resolves.not.toHaveLength(0);
    expect(openedCount).toBe(3);
  });
});

/** The broker takes one byte of a PINGREQ for a whole one. */
async function ping({ open }: Bench): Promise<void> {
  const link = open();
  const sent = sendAll(link.client, bytes(0xc0, 0x00)).catch(() => {});
  const received = await readAll(link.server, 2).catch(() => bytes());
  await sent;
  if (received.length === 1) throw new Error('half a packet:\nc0');
}

const FAILURE = `The exchange fails where the link is cut after 1 byte toServer, which arrive

  cause   Error: half a packet:
          c0
  again   only: { direction: 'toServer', afterBytes: 1, kind: 'delivered' }

  What has passed:
     at ms    client           broker
         0  #1  |----- part ----->|  c0
         0  #1  |       end       |`;

describe('an exchange that goes wrong', () => {
  const failure = async (...args: Parameters<typeof forEachCut>): Promise<TroubleError> => {
    const error = await forEachCut(...args).catch((reason: unknown) => reason);
    if (!(error instanceof TroubleError)) throw new Error('it has not failed', { cause: error });
    return error;
  };

  it('fails at the byte where it does, says so, and can be repeated there', async () => {
    const error = await failure(ping);
    expect(error.message).toBe(FAILURE);
    expect(error.cause).toEqual(new Error('half a packet:\nc0'));
    expect(error.transcript.entries.map(({ kind }) => kind)).toEqual(['part', 'mark']);
    let runCount = 0;
    const counted = (bench: Bench): Promise<void> => {
      runCount += 1;
      return ping(bench);
    };
    const again = await failure(counted, { only: error.position as CutPosition });
    expect(again.message).toBe(FAILURE);
    expect(runCount).toBe(1);
  });

  it('without any trouble fails before there is any, a synchronous throw included', async () => {
    const error = await failure(() => {
      throw new Error('always');
    });
    expect(error.message).toBe(`The exchange fails without any trouble

  cause   Error: always

  What has passed:
  (nothing)`);
    expect(error.position).toBeUndefined();
  });

  it('by waiting for ever names what is pending', async () => {
    const error = await failure(async ({ open, time }) => {
      const link = open();
      await sendAll(link.client, bytes(1)).catch(() => {});
      if ((await link.server.read(new Uint8Array(1))) === 0) {
        time.clock('session').wake(5_000_000, () => {});
        await new Promise(() => {});
      }
    });
    expect(String(error.cause)).toBe(
      'Error: At 0 ms the promise is still pending. Left to do: timer of session at 5000000 ms.',
    );
  });

  it('is found out where it is not the same each time', async () => {
    let runCount = 0;
    const error = await failure(
      async ({ open }) => {
        runCount += 1;
        const link = open();
        await sendAll(link.client, bytes(1, 2, 3).subarray(0, runCount === 1 ? 3 : 1)).catch(() => {});
      },
      { directions: ['toServer'], kinds: ['delivered'] },
    );
    expect(error.position).toEqual({ direction: 'toServer', afterBytes: 2, kind: 'delivered' });
    expect(String(error.cause)).toBe('Error: The exchange is not the same each time: only 1 byte passed toServer');
  });

  it('by opening no connection at all is no exchange', async () => {
    await expect(forEachCut(async () => {})).rejects.toThrow('it has not opened the connection that is to be cut');
  });
});
