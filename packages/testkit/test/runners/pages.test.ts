import { readFileSync } from 'node:fs';
import type { Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as core from '@minimq/core';
import * as testkit from '@minimq/testkit';
import * as testkitCertificates from '@minimq/testkit/certificates';
import * as testkitNode from '@minimq/testkit/node';
import { CONNECT, messageOf, PUBLISH, rawBench } from '../script/raw-client.ts';

// What stands on a page is run as it stands there. Samples have no type annotations: what they say is JavaScript too.

const packages: Readonly<Record<string, object>> = {
  '@minimq/core': core,
  '@minimq/testkit': testkit,
  '@minimq/testkit/node': testkitNode,
  '@minimq/testkit/certificates': testkitCertificates,
};
const root = new URL('../../../../', import.meta.url);

/** The fenced blocks of a page that are of this kind. */
function blocksOf(page: string, kind: string): readonly string[] {
  const text = readFileSync(new URL(page, root), 'utf8');
  const blocks = [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)];
  return blocks.filter((match) => match[1] === kind).map((match) => match[2]!);
}

/** Runs a sample; `names` are what it finds as globals, and what it imports from vitest. */
async function run(sample: string, names: Record<string, unknown> = {}): Promise<void> {
  const known: Record<string, unknown> = { packages: { ...packages, vitest: names }, ...names };
  const body = sample.replaceAll(/^import (\{.*\}) from '(.*)';$/gm, (_, list: string, name: string) => {
    return name === 'vitest' ? '' : `const ${list} = packages['${name}'];`;
  });
  // oxlint-disable-next-line typescript/no-implied-eval -- the sample is the thing under test
  const start = new Function(...Object.keys(known), `return (async () => { ${body} })();`);
  await (start(...Object.values(known)) as Promise<void>);
}

/** Runs a sample that is a test, with the program that stands before it. */
async function runTest(program: string, sample: string): Promise<void> {
  const tests: (() => Promise<void>)[] = [];
  await run(`${program}\n${sample}`, { expect, it: (_: string, test: () => Promise<void>) => tests.push(test) });
  expect(tests).toHaveLength(1);
  await tests[0]!();
}

function withoutLine(message: string): string {
  return message.replace(/ {2}at {6}\S+\n/, '').trim();
}

describe('the README of the testkit', () => {
  it('has an example that prints what it says', async () => {
    const printed: string[] = [];
    await run(blocksOf('packages/testkit/README.md', 'ts')[0]!, {
      console: { log: (text: string) => printed.push(text) },
    });
    expect(`${printed.join('\n')}\n`).toBe(blocksOf('packages/testkit/README.md', '')[0]);
  });

  it('has listeners that listen', async () => {
    const sample = blocksOf('packages/testkit/README.md', 'ts').find((block) => block.includes('listenTls'))!;
    const printed: string[] = [];
    await run(sample, { console: { log: (text: string) => printed.push(text) } });
    expect(printed).toEqual([expect.stringMatching(/^mqtts:\/\/127\.0\.0\.1:\d+$/)]);
  });

  it('shows a failure as it is', async () => {
    const { broker, open } = await rawBench();
    const client = open();
    await client.send(CONNECT, PUBLISH);
    await broker.expect.connect();
    const message = await messageOf(broker.expect.publish({ topic: 'b', qos: 2 }));
    expect(withoutLine(message)).toBe(withoutLine(blocksOf('packages/testkit/README.md', '')[1]!));
  });

  it('explains every code of a ScriptError', () => {
    const text = readFileSync(new URL('packages/testkit/README.md', root), 'utf8');
    const source = readFileSync(new URL('packages/testkit/src/script/script-error.ts', root), 'utf8');
    const codes = [...source.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map((match) => match[1]);
    expect(codes.length).toBeGreaterThan(4);
    expect(codes.filter((code) => !text.includes(`| \`${code}\``))).toEqual([]);
  });
});

describe('docs/testing.md', () => {
  const [program, test, answering, shipping, conforming, trouble, proxying, cutting, tidying] = blocksOf(
    'docs/testing.md',
    'ts',
  );

  it('has a test that passes', () => runTest(program!, test!));

  it('shows the failure of that test as it is', async () => {
    const wrong = program!.replace('house/alarm', 'house/alarms');
    const error = (await runTest(wrong, test!).catch((failure: unknown) => failure)) as testkit.ScriptError;
    const [shown] = blocksOf('docs/testing.md', '');
    expect(withoutLine(error.message)).toBe(withoutLine(shown!));
  });

  it('has answers that work', async () => {
    const names: Record<string, unknown> = {};
    await run(`${answering!}\nkeep.broker = broker; keep.time = time;`, { keep: names });
    const { broker, time } = names as { broker: testkit.ScriptedBroker; time: testkit.VirtualTime };
    const buffers = core.Buffers.allocate({ rx: 1024, tx: 1024 });
    const session = new core.Session({ buffers, clock: time.clock('session'), clientId: 'c' });
    await session.connect(broker.open());
    await expect(session.subscribe(['a'])).rejects.toMatchObject({ code: 'refused', reasonCode: 0x87 });
    await session.publish({ topic: 'a', payload: 'x' });
    await broker.expect.publish({ topic: 'a', payload: 'x' });
    await session.disconnect();
    await broker.close();
  });

  it('has a script for a program of its own', async () => {
    const start = (_: string, url: string): void => {
      const { hostname, port } = new URL(url);
      void import('@minimq/transport-node').then(async ({ connectTcp }) => {
        const session = new core.Session({ buffers: core.Buffers.allocate({ rx: 1024, tx: 1024 }), clientId: 'c' });
        onTestFinished(() => void session.disconnect());
        await session.connect(await connectTcp({ host: hostname, port: Number(port) })).catch(() => {});
      });
    };
    await run(shipping!, { start });
  });

  it('has a suite for a transport of its own, which passes for one that is right', async () => {
    const suites: (readonly testkit.IoCase[])[] = [];
    const describeCases = (_: string, cases: readonly testkit.IoCase[]): void => void suites.push(cases);
    const { connectTcp } = await import('@minimq/transport-node');
    const kept: { server?: Server } = {};
    await run(`${conforming!}\nkept.server = server;`, {
      kept,
      connectMine: connectTcp,
      packages: {
        ...packages,
        '@minimq/testkit/vitest': { describeCases },
        'node:events': await import('node:events'),
        'node:net': await import('node:net'),
      },
    });
    onTestFinished(() => void kept.server?.close());
    expect(suites).toHaveLength(1);
    for (const { run: runCase } of suites[0]!) await runCase();
  });

  it('has a network in trouble, and says what comes of it', async () => {
    const printed: string[] = [];
    await run(trouble!, { console: { log: (text: string) => printed.push(text) } });
    expect(printed).toEqual(['keep-alive']);
  });

  it('has a proxy in front of a real broker', async () => {
    const broker = new testkit.MemoryBroker();
    const listener = await testkitNode.listenTcp(broker);
    const started: string[] = [];
    const printed: unknown[] = [];
    await run(proxying!.replace('1883', `${listener.port}`), {
      start: (_: string, url: string) => started.push(url),
      console: { log: (counts: unknown) => printed.push(counts) },
    });
    expect(started).toEqual([expect.stringMatching(/^mqtt:\/\/127\.0\.0\.1:\d+$/)]);
    expect(printed).toEqual([{ accepted: 0, toServerBytes: 0, toClientBytes: 0 }]);
    await listener.close();
    await broker.close();
  });

  it('has an exchange that holds at every cut, and with QoS 1 fails as it is shown', async () => {
    await runTest('', cutting!);
    const error = (await runTest('', cutting!.replace('qos: 2', 'qos: 1')).catch(
      (failure: unknown) => failure,
    )) as Error;
    const [shown] = blocksOf('docs/testing.md', 'text');
    expect(error.message.split('\n').slice(0, 4).join('\n')).toBe(shown!.trim());
  });

  it('has a test that leaves nothing behind', () => runTest(program!, tidying!));

  it('shows what is left as it is', async () => {
    const leaky = testkit.withoutLeaks(async (leaks) => {
      const link = leaks.open();
      const session = leaks.session({ clientId: 'house' });
      void link.server.write(Uint8Array.of(0x20, 0x03, 0x00, 0x00, 0x00));
      const reading = (async () => {
        while ((await link.server.read(new Uint8Array(1024))) > 0);
      })();
      void reading;
      await session.connect(link.client);
      await session.publish({ topic: 'house/alarm', payload: 'smoke', qos: 1 });
      void session.recv().catch(() => {});
    });
    const [, shown] = blocksOf('docs/testing.md', 'text');
    await expect(leaky).rejects.toMatchObject({ message: shown!.trim() });
  });
});
