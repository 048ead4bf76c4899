import { parseArgs } from 'node:util';
import { wrongUsage } from './wrong-usage.ts';

/** The words of a command line without options. Ends the program where there are others, or more than `countMax`. */
export function wordsOf(usage: string, countMax: number): readonly string[] {
  let words: readonly string[];
  try {
    words = parseArgs({ args: process.argv.slice(2), allowPositionals: true, options: {} }).positionals;
  } catch (error) {
    return wrongUsage(usage, (error as Error).message);
  }
  const surplus = words[countMax];
  return surplus === undefined ? words : wrongUsage(usage, `'${surplus}' is one word too many`);
}
