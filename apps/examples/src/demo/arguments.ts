import { parseArgs } from 'node:util';
import { addressOf, type Address } from '../command-line/address.ts';

/** Messages of each QoS where the command line does not say: a second of work, on a slow machine too. */
const MESSAGES_DEFAULT = 2_000;
/** What every broker can be expected to take. */
const MESSAGES_MAX = 100_000;

export const USAGE: string = `Usage: npm run demo -- [--broker mqtt://HOST:PORT] [--messages N]

  --broker    a real MQTT v5 broker, in place of the in-memory one that the demo starts
  --messages  how many to send at each QoS, 1 to ${MESSAGES_MAX}; default ${MESSAGES_DEFAULT}
  --help      prints this`;

export interface Arguments {
  readonly help: boolean;
  /** Undefined: the in-memory broker. */
  readonly broker: Address | undefined;
  /** At each QoS. */
  readonly messages: number;
}

/** The command line is not one that the demo understands; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export function readArguments(args: readonly string[]): Arguments {
  const { broker, messages, help } = parse(args);
  return {
    help: help ?? false,
    broker: broker === undefined ? undefined : checkedAddress(broker),
    messages: messages === undefined ? MESSAGES_DEFAULT : countOf(messages),
  };
}

function parse(args: readonly string[]): { broker?: string; messages?: string; help?: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { broker: { type: 'string' }, messages: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function checkedAddress(text: string): Address {
  const address = addressOf(text);
  if (address === undefined) throw new UsageError(`--broker has to be mqtt://HOST or mqtt://HOST:PORT, not '${text}'`);
  return address;
}

function countOf(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MESSAGES_MAX) {
    throw new UsageError(`--messages has to be a whole number from 1 to ${MESSAGES_MAX}, not '${text}'`);
  }
  return count;
}
