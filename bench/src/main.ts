import { readArguments, USAGE, type Arguments } from './arguments.ts';
import { GROUPS } from './groups/index.ts';
import { contestTable } from './report/contest-table.ts';
import { growthTables } from './report/growth-table.ts';
import { targetTable } from './report/target-table.ts';
import { resultsOf, writeResults } from './report/write.ts';
import { alternate } from './run/alternate.ts';
import type { Contest, ContestResult } from './run/contest.ts';

/** The contests that were asked for, with the contestants that were asked for. */
function chosen({ pace, groups, contests, only }: Arguments): Contest[] {
  const unknown = groups.filter((name) => !GROUPS.has(name));
  if (unknown.length > 0) {
    throw new TypeError(`There is no group ${unknown.join(', ')}: there are ${[...GROUPS.keys()].join(', ')}`);
  }
  const names = groups.length > 0 ? groups : [...GROUPS.keys()];
  return names
    .flatMap((name) => GROUPS.get(name)!(pace))
    .filter(({ id }) => contests.length === 0 || contests.some((text) => id.includes(text)))
    .map((contest) => ({
      ...contest,
      contestants: contest.contestants.filter(
        ({ name }) => only.length === 0 || only.some((start) => name.startsWith(start)),
      ),
    }))
    .filter(({ contestants }) => contestants.length > 0);
}

async function main(args: Arguments): Promise<void> {
  const results: ContestResult[] = [];
  for (const contest of chosen(args)) {
    const result = await alternate(contest, args.pace.rounds);
    results.push(result);
    console.log(`\n${contestTable(result)}`);
  }
  const all = resultsOf(results, args.pace.rounds);
  for (const text of growthTables(results)) console.log(`\n${text}`);
  if (all.targets.length > 0) console.log(`\n${targetTable(all.targets)}`);
  if (results.some(({ failures }) => failures.length > 0)) process.exitCode = 1;
  if (args.out !== undefined) console.log(`\nWritten: ${writeResults(args.out, all).join(', ')}`);
}

try {
  const args = readArguments(process.argv.slice(2));
  if (args.help) console.log(USAGE);
  else await main(args);
} catch (error) {
  console.error(error instanceof TypeError ? `${error.message}\n\n${USAGE}` : error);
  process.exitCode = 1;
}
