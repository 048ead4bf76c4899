import { readFileSync } from 'node:fs';
import * as core from '@minimq/core';
import { MemoryBroker } from '@minimq/testkit';
import { listenTls } from '@minimq/testkit/node';
import * as transportTls from '@minimq/transport-tls';
import { expect, it } from 'vitest';
import { trusting } from './support.ts';

// What stands in the README is run as it stands there, but for the broker, the CA and the end.
it('the sample of the README publishes', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, sample] = /```ts\n([^]*?)```/.exec(readme) ?? [];
  expect(sample).toContain('connectTls({');
  const topics: string[] = [];
  const stop = new AbortController();
  const broker = new MemoryBroker({
    onPacket({ packet }) {
      if (packet?.type !== 'publish') return;
      topics.push(packet.topic);
      stop.abort('seen');
    },
  });
  const listener = await listenTls(broker);
  const packages = {
    '@minimq/core': {
      ...core,
      keepConnected: (session: core.Session, options: core.KeepConnectedOptions) =>
        core.keepConnected(session, { ...options, signal: stop.signal }),
    },
    '@minimq/transport-tls': {
      connectTls: (options: transportTls.TlsOptions) => transportTls.connectTls({ ...options, ...trusting }),
    },
  };
  const body = sample!
    .replace(/^import (\{.*\}) from '(.*)';$/gm, "const $1 = packages['$2'];")
    .replace('8883', `${listener.port}`);
  // oxlint-disable-next-line typescript/no-implied-eval -- the sample is the thing under test
  const run = new Function('packages', `return (async () => { ${body} })();`) as (names: object) => Promise<void>;
  await expect(run(packages)).rejects.toBe('seen');
  expect(topics).toEqual(['hello']);
  await listener.close();
  await broker.close();
});
