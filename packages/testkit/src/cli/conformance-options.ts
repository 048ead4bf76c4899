import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  BEHAVIOURS,
  FEATURES,
  tcpWay,
  tlsWay,
  webSocketWay,
  type Behaviour,
  type Feature,
  type Way,
} from '../conformance/index.ts';

/** The options of the command, as commander hands them over. */
export interface ConformanceFlags {
  readonly client?: string;
  readonly name?: string;
  readonly over: keyof typeof WAYS;
  readonly case?: RegExp;
  readonly lacks: readonly Feature[];
  readonly plays?: readonly Behaviour[];
  readonly known?: string;
  readonly report?: string;
  readonly json?: string;
  readonly concurrency?: number;
  readonly list?: true;
}

export const WAYS: Readonly<Record<'tcp' | 'tls' | 'ws' | 'wss', () => Way>> = {
  tcp: tcpWay,
  tls: () => tlsWay(),
  ws: () => webSocketWay(),
  wss: () => webSocketWay({ tls: {} }),
};

export function withConformanceOptions(command: Command): Command {
  return command
    .option('--client <command>', 'the program and its arguments, with {host} {port} {url} {ca} {case} and so on')
    .option('--name <name>', 'what the report calls it; default: the first word of the command')
    .addOption(new Option('--over <way>', 'how it connects').choices(Object.keys(WAYS)).default('tcp'))
    .option('--case <pattern>', 'only the cases with this regular expression in their names', pattern)
    .option('--lacks <feature,...>', 'what the client cannot do: qos2', features, [])
    .option('--plays <behaviour,...>', 'what the program knows how to do; default: everything', behaviours)
    .option('--known <path>', 'a JSON file of known failures: { "the name of the case": "why it fails" }')
    .option('--report <path>', 'where to write the report as an HTML page')
    .option('--json <path>', 'where to write everything as JSON')
    .option('--concurrency <number>', 'how many programs run at once; default: 8', positive)
    .option('--list', 'prints the cases that a program can play, and what it has to do for each')
    .addHelpText('after', PLACEHOLDERS);
}

const PLACEHOLDERS = `
Placeholders in the command; a program is started without a shell:
  {host} {port}     where the broker listens
  {url}             the same as a URL: mqtt://, mqtts://, ws:// or wss://
  {ca}              the path of a file with the CA to trust, in PEM
  {case}            what to do: ${Object.keys(BEHAVIOURS).join(', ')}
  {topic} {payload} {qos} {retain}   the rest of it, where it applies`;

function pattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function features(text: string): readonly Feature[] {
  return text.split(',').map((name) => {
    if (Object.hasOwn(FEATURES, name)) return name as Feature;
    throw new InvalidArgumentError(`There is no feature '${name}'.`);
  });
}

function behaviours(text: string): readonly Behaviour[] {
  return text.split(',').map((name) => {
    if (Object.hasOwn(BEHAVIOURS, name)) return name as Behaviour;
    throw new InvalidArgumentError(`There is no behaviour '${name}'.`);
  });
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number from 1 to 999.');
  return Number(text);
}
