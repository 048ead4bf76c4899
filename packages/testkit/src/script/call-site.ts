/** Where in a test a script was called. The text is made only when something fails. */
export interface CallSite {
  /** `test/reconnect.test.ts:14:23`; undefined where the platform does not tell. */
  readonly line: string | undefined;
  /** All callers, as in the `stack` of an error. */
  readonly frames: string;
}

interface CapturesStacks {
  captureStackTrace?: (target: object, leaveOut: (...args: never[]) => unknown) => void;
}

/** Notes who called `callee`, the function that the test sees. */
export function callSite(callee: (...args: never[]) => unknown): CallSite {
  const holder = new Error();
  (Error as CapturesStacks).captureStackTrace?.(holder, callee);
  return {
    get line() {
      return lineOf(framesOf(holder)[0]);
    },
    get frames() {
      return framesOf(holder).join('\n');
    },
  };
}

function framesOf(holder: Error): readonly string[] {
  return (holder.stack ?? '').split('\n').filter((line) => /^\s*at |@/.test(line));
}

/** `    at name (file:///home/me/test/a.test.ts:14:23)` -> `test/a.test.ts:14:23`, where that is the present folder. */
function lineOf(frame: string | undefined): string | undefined {
  const place = frame === undefined ? undefined : /(?:\(|at |@)((?:[^()@\s]|\s(?!\())+:\d+:\d+)\)?\s*$/.exec(frame)?.[1];
  if (place === undefined) return undefined;
  const path = place.replace(/^async /, '').replace(/^file:\/\//, '').replaceAll('\\', '/');
  const folder = presentFolder();
  return folder !== undefined && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

function presentFolder(): string | undefined {
  const { process } = globalThis as { readonly process?: { cwd?(): string } };
  return process?.cwd?.().replaceAll('\\', '/');
}
