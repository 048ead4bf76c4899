/** Frames that are noted: enough to find the way through a test's own helpers. */
const FRAME_COUNT = 12;

/** Where in a test a script was called. The text is made only when something fails. */
export interface CallSite {
  /** `test/reconnect.test.ts:14:23`; undefined where the platform does not tell. */
  readonly line: string | undefined;
  /** All callers, as in the `stack` of an error. */
  readonly frames: string;
}

/** Notes who called the function that is so many calls above this one: 1 is the caller of `callSite()`. */
export function callSite(depth: number): CallSite {
  // Where test runners ask for a hundred frames, noting them would be most of what a step costs.
  const limits = Error as { stackTraceLimit?: number };
  const limit = limits.stackTraceLimit;
  if (limit !== undefined) limits.stackTraceLimit = FRAME_COUNT;
  const holder = new Error();
  if (limit !== undefined) limits.stackTraceLimit = limit;
  const frames = (): readonly string[] => framesOf(holder).slice(depth + 1);
  return {
    get line() {
      return lineOf(frames()[0]);
    },
    get frames() {
      return frames().join('\n');
    },
  };
}

function framesOf({ stack = '' }: Error): readonly string[] {
  return stack.split('\n').filter((line) => /^\s*at |@/.test(line));
}

/** `    at name (file:///home/me/test/a.test.ts:14:23)` -> `test/a.test.ts:14:23`, where that is the present folder. */
function lineOf(frame: string | undefined): string | undefined {
  const place = frame === undefined ? undefined : /(?:\(|at |@)([^()@]+:\d+:\d+)\)?\s*$/.exec(frame)?.[1];
  if (place === undefined) return undefined;
  const path = place
    .replace(/^async /, '')
    .replace(/^file:\/\//, '')
    .replaceAll('\\', '/');
  const folder = presentFolder();
  return folder !== undefined && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

function presentFolder(): string | undefined {
  const { process } = globalThis as { readonly process?: { cwd?(): string } };
  return process?.cwd?.().replaceAll('\\', '/');
}
