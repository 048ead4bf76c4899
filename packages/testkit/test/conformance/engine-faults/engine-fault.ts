import type { StatementId } from '@minimq/testkit/conformance';

/** One line of the core that is wrong, and the statements that have to fail then. */
export interface EngineFault {
  /** What the client does then: `repeats a PUBLISH without DUP`. */
  readonly what: string;
  /** Inside the sources of the core: `codec/utf8.ts`. */
  readonly file: string;
  /** Part of the source, which occurs once. */
  readonly fragment: string;
  /** What stands in its place. */
  readonly replacement: string;
  /** At least these; others may fail as well. */
  readonly breaks: readonly StatementId[];
}

/** The source of `fault.file` with the fault in it. Throws where its fragment does not stand there exactly once. */
export function withFault(source: string, { what, file, fragment, replacement }: EngineFault): string {
  const [before, after, ...others] = source.split(fragment);
  if (before === undefined || after === undefined || others.length > 0) {
    const count = after === undefined ? 'is not there any more' : `is there ${others.length + 1} times`;
    const advice = 'choose the fragment anew, so that the fault is where it was meant to be';
    throw new Error(`The fault "${what}" replaces "${fragment}" in ${file}, which ${count}: ${advice}`);
  }
  return before + replacement + after;
}
