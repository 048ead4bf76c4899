import process from 'node:process';
import { runOptions, USAGE, type RunOptions } from './options.ts';
import { run } from './run.ts';

// A client that leaves a rejection alone has its cases judged all the same.
process.on('unhandledRejection', () => {});

let options: RunOptions | undefined;
try {
  options = runOptions(process.argv.slice(2));
  if (options === undefined) process.stdout.write(USAGE);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
if (options !== undefined) {
  // What a client leaves behind must not keep the process.
  const exitCode = await run(options);
  process.exit(exitCode);
}
