import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as core from '@minimq/core';
import * as testkit from '@minimq/testkit';
import * as testkitNode from '@minimq/testkit/node';
import { CONNECT, messageOf, PUBLISH, rawBench } from '../script/raw-client.ts';

// What stands on a page is run as it stands there. Samples have no type annotations: what they say is JavaScript too.

const packages: Readonly<Record<string, object>> = {
  '@minimq/core': core,
  '@minimq/testkit': testkit,
  '@minimq/testkit/node': testkitNode,
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
  const [program, test, answering, shipping] = blocksOf('docs/testing.md', 'ts');

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
});
