import { readFileSync } from 'node:fs';
import * as core from '@minimq/core';
import { MemoryBroker } from '@minimq/testkit';
import { listenTcp } from '@minimq/testkit/node';
import * as transportNode from '@minimq/transport-node';
import { describe, expect, it, onTestFinished } from 'vitest';

// What stands in a README is run as it stands there, but for the port of the broker.

const packages: Readonly<Record<string, object>> = { '@minimq/core': core, '@minimq/transport-node': transportNode };
const root = new URL('../../../', import.meta.url);

interface Sample {
  readonly text: string;
  /** `names` are what the text finds as globals. */
  run(port: number, names?: Record<string, unknown>): Promise<void>;
}

/** The first TypeScript sample of a page. Samples have no type annotations: what they say is JavaScript too. */
function sampleOf(page: string): Sample {
  const [, text] = /```ts\n([^]*?)```/.exec(readFileSync(new URL(page, root), 'utf8')) ?? [];
  if (text === undefined) throw new Error(`${page} has no sample`);
  const body = text.replace(/^import (\{.*\}) from '(.*)';$/gm, "const $1 = packages['$2'];");
  return {
    text,
    run: (port, names = {}) => {
      const known = { packages, ...names };
      // oxlint-disable-next-line typescript/no-implied-eval -- the sample is the thing under test
      const start = new Function(
        ...Object.keys(known),
        `return (async () => { ${body.replaceAll('1883', `${port}`)} })();`,
      );
      return start(...Object.values(known)) as Promise<void>;
    },
  };
}

async function openBroker(): Promise<{ readonly broker: MemoryBroker; readonly port: number }> {
  const broker = new MemoryBroker();
  const listener = await listenTcp(broker);
  onTestFinished(() => listener.close());
  return { broker, port: listener.port };
}

async function observer(port: number, topicFilter: string): Promise<core.Session> {
  const session = new core.Session({ buffers: core.Buffers.allocate({ rx: 4096, tx: 4096 }), clientId: 'observer' });
  await session.connect(await transportNode.connectTcp({ host: '127.0.0.1', port }));
  onTestFinished(() => void session.disconnect());
  await session.subscribe([topicFilter]);
  return session;
}

describe('the sample', () => {
  it('of the README subscribes, prints and answers', async () => {
    const { port } = await openBroker();
    const session = await observer(port, 'demo/out');
    const printed: unknown[][] = [];
    let said: () => void;
    const subscribed = new Promise<void>((resolve) => (said = resolve));
    const stop = new AbortController();
    const keepConnected: typeof core.keepConnected = (kept, options) =>
      core.keepConnected(kept, {
        ...options,
        signal: stop.signal,
        run: (event, signal) => {
          const subscribe = kept.subscribe.bind(kept);
          kept.subscribe = (...given) => subscribe(...given).finally(said);
          return options.run(event, signal);
        },
      });
    const sample = sampleOf('README.md');
    expect(sample.text).toContain('keepConnected');
    const console = { log: (...line: unknown[]) => void printed.push(line) };
    const running = sample.run(port, { console, packages: packagesWith({ keepConnected }) });
    await subscribed;
    await session.publish({ topic: 'demo/in', payload: 'hello' });
    expect((await session.recv()).text()).toBe('hello');
    expect(printed).toEqual([['demo/in', 'hello']]);
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it.each(['packages/core/README.md', 'packages/transport-node/README.md'])('of %s publishes', async (page) => {
    const { port } = await openBroker();
    const session = await observer(port, '#');
    await sampleOf(page).run(port);
    expect((await session.recv()).qos).toBe(0);
  });
});

function packagesWith(replaced: Partial<typeof core>): typeof packages {
  return { ...packages, '@minimq/core': { ...core, ...replaced } };
}
