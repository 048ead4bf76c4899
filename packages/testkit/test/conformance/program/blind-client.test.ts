import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlindClient } from '../../../src/conformance/program/blind-client.ts';
import { CONNECT, PUBLISH, rawBench, type RawBench, type RawClient } from '../../script/raw-client.ts';

let bench: RawBench;
let program: RawClient;
let client: BlindClient;

beforeEach(async () => {
  bench = await rawBench();
  program = bench.open();
  client = new BlindClient(bench.broker);
  await program.send(CONNECT);
  await bench.broker.expect.connect();
});
afterEach(() => bench.broker.stop());

/** How many packets had come behind the CONNECT when `acted()` resolved. */
async function countAtActing(): Promise<number> {
  await client.acted();
  return bench.broker.transcript.packets({ direction: 'toServer' }).length - 1;
}

/** Before any timer can fire. */
async function resolvesAtOnce(promise: Promise<void>): Promise<boolean> {
  let hasResolved = false;
  void promise.then(() => (hasResolved = true));
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  return hasResolved;
}

describe('a program that was told something', () => {
  it('is waited for until it begins with that, however late', async () => {
    void client.publish();
    const count = countAtActing();
    await program.send(PUBLISH);
    expect(await count).toBe(1);
    await bench.broker.expect.publish();
  });

  it('is not waited for where it has done so, or was told nothing', async () => {
    expect(await resolvesAtOnce(client.acted())).toBe(true);
    await program.send(PUBLISH);
    await bench.broker.expect.publish();
    void client.publish();
    expect(await resolvesAtOnce(client.acted())).toBe(true);
  });

  it('is not waited for without end', async () => {
    void client.subscribe();
    expect(await countAtActing()).toBe(0);
  });
});
