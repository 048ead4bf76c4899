/** Says what is wrong with the command line and how it should be, and ends the program with exit code 2. */
export function wrongUsage(usage: string, problem: string): never {
  console.error(`${problem}\n\nUsage: ${usage}`);
  process.exit(2);
}
