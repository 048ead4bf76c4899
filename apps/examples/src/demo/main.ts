import { randomBytes } from 'node:crypto';
import { connectTcp } from '@minimq/transport-node';
import { MemoryBroker } from '@minimq/testkit';
import { listenTcp } from '@minimq/testkit/node';
import type { Address } from '../command-line/address.ts';
import { readArguments, USAGE, UsageError, type Arguments } from './arguments.ts';
import { Exchange } from './exchange.ts';
import { Line } from './line.ts';
import { Screen, type Output } from './screen.ts';
import { table } from './table.ts';
import { isKept, Tally } from './tally.ts';

/** Runs the demo, and returns its exit code: 0, every QoS has kept its promise; 1, it has not; 2, wrong arguments. */
export async function main(args: readonly string[], output: Output, errorOutput: Output): Promise<number> {
  let options: Arguments;
  try {
    options = readArguments(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    errorOutput.write(`${error.message}\n\n${USAGE}\n`);
    return 2;
  }
  if (options.help) {
    output.write(`${USAGE}\n`);
    return 0;
  }
  try {
    return await demonstrate(options, new Screen(output), errorOutput);
  } catch (error) {
    errorOutput.write(`The demo could not run: ${messageOf(error)}\n`);
    return 1;
  }
}

async function demonstrate({ broker, messages }: Arguments, screen: Screen, errorOutput: Output): Promise<number> {
  const { address, close } = broker === undefined ? await startBroker() : await checked(broker);
  const line = await Line.open(address);
  try {
    screen.print(`${messages} messages at each of QoS 0, 1 and 2, and halfway through them the line is cut`);
    screen.print();
    screen.print(`broker: ${urlOf(address)}${broker === undefined ? ', in the memory of this program' : ''}`);
    const tally = new Tally(messages);
    const exchange = new Exchange(line, tally, screen, `minimq-demo-${randomBytes(4).toString('hex')}`);
    const failure = await exchange.run().then(
      () => undefined,
      (error: unknown) => messageOf(error),
    );
    const accounts = tally.accounts();
    for (const row of table(accounts, exchange.gapMs)) screen.print(row);
    screen.print();
    if (failure !== undefined) errorOutput.write(`The demo did not come to its end: ${failure}\n`);
    else if (!exchange.isResumed) errorOutput.write('The broker has dropped a session that it was asked to keep.\n');
    else if (isKept(accounts, messages)) {
      screen.print('Nothing was lost and nothing was doubled: each QoS has kept its promise.');
      return 0;
    } else errorOutput.write('A promise was broken: see the table.\n');
    return 1;
  } finally {
    await line.close();
    await close();
  }
}

interface RunningBroker {
  readonly address: Address;
  readonly close: () => Promise<void>;
}

async function startBroker(): Promise<RunningBroker> {
  const broker = new MemoryBroker();
  const listener = await listenTcp(broker);
  const close = async (): Promise<void> => {
    await listener.close();
    await broker.close();
  };
  return { address: { host: listener.host, port: listener.port }, close };
}

/** Looks first whether anybody is there: a mistyped address should end here, not in attempts without end. */
async function checked(address: Address): Promise<RunningBroker> {
  const io = await connectTcp({ ...address, connectTimeoutMs: 5_000 });
  await io.close();
  return { address, close: () => Promise.resolve() };
}

function urlOf({ host, port }: Address): string {
  return `mqtt://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
