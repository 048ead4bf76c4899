import { ioConformance, IoConformanceError, linkPair, memoryLink, type IoPair } from '@minimq/testkit';
import { describe, expect, it } from 'vitest';
import { brokenIos } from './broken-ios.ts';
import { failingCases } from './failing-cases.ts';

const open = (): IoPair => linkPair(memoryLink());
const limits = { inTransitMaxBytes: 100_000, volumeBytes: 100_000, limitMs: 50 };

describe('ioConformance', () => {
  it('names each case once', () => {
    const names = ioConformance({ name: 'a link', open }).map((each) => each.name);
    expect(names.length).toBeGreaterThan(25);
    expect(new Set(names).size).toBe(names.length);
  });

  it('opens nothing until a case runs, and then one pair, which it closes', async () => {
    const links: ReturnType<typeof memoryLink>[] = [];
    const [first] = ioConformance({
      name: 'a link',
      open() {
        const link = memoryLink();
        links.push(link);
        return linkPair(link);
      },
    });
    expect(links).toHaveLength(0);
    await first!.run();
    expect(links.map((link) => [link.client.isClosed, link.server.isClosed])).toEqual([[true, true]]);
  });

  it('leaves out what the peer cannot do', () => {
    const names = (without: readonly ('end' | 'reset')[]): readonly string[] =>
      ioConformance({ name: 'a link', open, without }).map((each) => each.name);
    const all = names([]);
    expect(all.filter((name) => !names(['reset']).includes(name))).toEqual([
      'a pending read ends or rejects when the peer resets the connection',
      'a pending write settles when the peer resets the connection',
    ]);
    expect(all.filter((name) => !names(['end']).includes(name))).toEqual([
      'read gives 0 when the peer ends its stream, after all that came before',
      'a pending read resolves with 0 when the peer ends its stream',
      'after the end read gives 0 again and again',
      'once the peer has ended its stream, write still works or fails cleanly',
    ]);
  });

  it('says which transport, which case, what happened and what the contract says', async () => {
    const breakIo = brokenIos['says 0 where there is no data'];
    const cases = ioConformance({ ...limits, name: 'mine', open: () => linkPair(memoryLink(), breakIo) });
    const error: unknown = await cases
      .find(({ name }) => name === 'read stays pending while there is no data')!
      .run()
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(IoConformanceError);
    expect(error).toMatchObject({
      name: 'IoConformanceError',
      message:
        "mine: read stays pending while there is no data: the Io's read() into 16 bytes resolved with 0, " +
        'though the peer has neither written nor ended\n' +
        '  The contract: No data yet means the promise stays pending: a rejection, a timeout included, is a transport failure.',
      caseName: 'read stays pending while there is no data',
    });
  });

  it('finds no fault with a link whose client answers now with a number, now with a promise', async () => {
    let count = 0;
    const answers = (): 'at-once' | 'microtask' => ((count += 1) % 3 === 0 ? 'microtask' : 'at-once');
    const mixed = (): IoPair => linkPair(memoryLink({ client: { answers } }));
    expect(await failingCases(ioConformance({ ...limits, name: 'a link', open: mixed, seed: 7 }))).toEqual({});
  });

  it('takes the turns that it is given', async () => {
    let turnCount = 0;
    const turn = async (): Promise<void> => void (turnCount += 1);
    const cases = ioConformance({ ...limits, name: 'a link', open, turn });
    await cases.find(({ name }) => name === 'read stays pending while there is no data')!.run();
    expect(turnCount).toBe(300);
  });

  it('fails where nothing can be opened', async () => {
    const refuse = (): never => {
      throw new Error('refused');
    };
    const [first] = ioConformance({ ...limits, name: 'mine', open: refuse });
    await expect(first!.run()).rejects.toThrow('open() rejected with Error: refused');
    const [other] = ioConformance({ ...limits, name: 'mine', open: () => new Promise(() => {}) });
    await expect(other!.run()).rejects.toThrow('open() has not settled within 50 ms');
  });

  it.each(['inTransitMaxBytes', 'volumeBytes', 'inboundCapBytes', 'limitMs'])('refuses a wrong %s', (option) => {
    for (const value of [0, -1, 1.5, Number.NaN]) {
      expect(() => ioConformance({ name: 'mine', open, [option]: value })).toThrow(RangeError);
    }
  });
});
