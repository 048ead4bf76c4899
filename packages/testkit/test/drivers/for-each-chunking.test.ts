import { describe, expect, it } from 'vitest';
import { forEachChunking, type Bench, type Chunking } from '@minimq/testkit';
import { bytes, readAll, sendAll } from '../link-helpers.ts';
import { sendToItself } from './exchanges.ts';

/** Sends four bytes in two writes, and shows in which pieces they come. */
async function pieces({ open }: Bench, seen: number[][]): Promise<void> {
  const link = open();
  await sendAll(link.client, bytes(1, 2, 3));
  await sendAll(link.client, bytes(4));
  await link.client.close();
  const sizes: number[] = [];
  for (let count = -1; count !== 0; sizes.push(count)) count = await link.server.read(new Uint8Array(8));
  seen.push(sizes);
}

describe('a session that sends messages to itself', () => {
  it.each([1, 2] as const)('at QoS %s does not care how its bytes come', async (qos) => {
    const chunkings = await forEachChunking(async (bench) => {
      expect(await sendToItself(bench, qos)).toEqual(['hi', 'end']);
    });
    expect(chunkings.length).toBeGreaterThan(100);
  });
});

it('tries all in one, single bytes, every split and some seeds', async () => {
  const seen: number[][] = [];
  const chunkings = await forEachChunking((bench) => pieces(bench, seen), { seedCount: 2 });
  expect(chunkings).toEqual([
    { kind: 'together' },
    { kind: 'single-bytes' },
    { kind: 'split', direction: 'toServer', atByte: 1 },
    { kind: 'split', direction: 'toServer', atByte: 2 },
    { kind: 'split', direction: 'toServer', atByte: 3 },
    { kind: 'random', seed: 1 },
    { kind: 'random', seed: 2 },
  ] satisfies Chunking[]);
  expect(seen.slice(0, 6)).toEqual([
    [4, 0],
    [4, 0],
    [1, 1, 1, 1, 0],
    [1, 3, 0],
    [2, 2, 0],
    [3, 1, 0],
  ]);
  const again: number[][] = [];
  await forEachChunking((bench) => pieces(bench, again), { only: { kind: 'random', seed: 2 } });
  expect(again).toEqual([seen[7]]);
});

it('puts the writes of one turn together', async () => {
  const exchange = async ({ open }: Bench): Promise<number> => {
    const link = open();
    const reading = link.server.read(new Uint8Array(8));
    void link.client.write(bytes(1));
    void link.client.write(bytes(2));
    return reading;
  };
  const counts: number[] = [];
  await forEachChunking(async (bench) => counts.push(await exchange(bench)), { seedCount: 0 });
  expect(counts).toEqual([1, 2, 1, 1]);
});

it('names the place where an exchange goes wrong', async () => {
  const exchange = async ({ open }: Bench): Promise<void> => {
    const link = open();
    await sendAll(link.client, bytes(0xc0, 0x00));
    const count = await link.server.read(new Uint8Array(2));
    if (count < 2) throw new Error(`a read of ${count}`);
    await readAll(link.client, 0);
  };
  const both = forEachChunking(exchange, { only: { kind: 'split', direction: 'toServer', atByte: 1 } });
  await expect(both).rejects.toMatchObject({
    message: `The exchange fails where the bytes toServer are split at byte 1

  cause   Error: a read of 1
  again   only: { kind: 'split', direction: 'toServer', atByte: 1 }

  What has passed:
     at ms    client           broker
         0  #1  |---- PINGREQ --->|`,
  });
  await expect(forEachChunking(exchange)).rejects.toThrow('The exchange fails where every byte arrives by itself');
});
