// Runs the scenario in every runtime over every transport that it has, stops one side and then the other, sees what each
// makes of servers that it must not or cannot talk to, and runs the Io conformance suite over WebSockets of platforms;
// prints a table, and exits with 1 where anything failed or is missing.
// Usage: node dist/main.js [NAME...]   only the runtimes whose names begin so
import { AllRuntimes } from './all-runtimes.ts';
import type { Row } from './report/row.ts';
import { table } from './report/table.ts';
import { rowsOf } from './runs/rows-of.ts';
import { Servers } from './runs/servers.ts';

const names = process.argv.slice(2);
const runtimes = new AllRuntimes();
const servers = await Servers.start();
const asked = runtimes.list.filter(
  ({ name }) => names.length === 0 || names.some((beginning) => name.startsWith(beginning)),
);
let rows: readonly Row[];
try {
  rows = await rowsOf(asked, servers);
} finally {
  await runtimes.close();
  await servers.close();
}

console.log(table(rows));
const failedCount = rows.filter(({ problems }) => problems.length > 0).length;
console.log(`\n${rows.length - failedCount} passed, ${failedCount} failed`);
if (failedCount > 0 || rows.length === 0) process.exitCode = 1;
