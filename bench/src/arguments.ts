import { parseArgs } from 'node:util';
import { FULL, QUICK, type Pace } from './groups/pace.ts';

export interface Arguments {
  readonly pace: Pace;
  /** Groups by name; empty: all. */
  readonly groups: readonly string[];
  /** Contests whose identifier has one of these in it; empty: all. */
  readonly contests: readonly string[];
  /** Contestants whose name begins with one of these; empty: all. */
  readonly only: readonly string[];
  readonly help: boolean;
  /** The folder that gets the results as JSON and SVG. */
  readonly out: string | undefined;
}

export const USAGE = `Usage: npm run bench -- [GROUP...] [options]

  --quick             short rounds, for a first look
  --rounds N          how often each contestant measures; the median counts
  --contest TEXT,...  only contests with TEXT in their name, for example publish-qos1
  --only NAME,...     only contestants whose name begins with NAME, for example minimq,mqttjs
  --out FOLDER        writes results.json there, and growth.svg
  --help              prints this`;

/** Throws a TypeError, in words, for what it does not know. */
export function readArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      contest: { type: 'string', multiple: true, default: [] },
      only: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const pace = values.quick ? QUICK : FULL;
  const rounds = values.rounds === undefined ? pace.rounds : Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError('--rounds has to be a whole number from 1 on');
  return {
    pace: { ...pace, rounds },
    groups: positionals,
    contests: list(values.contest),
    only: list(values.only),
    help: values.help,
    out: values.out,
  };
}

function list(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).filter((each) => each !== '');
}
