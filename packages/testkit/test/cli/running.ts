import { run } from '../../src/cli/run.ts';
import { atEnd } from '../node/closing.ts';

/** A command that runs inside the test. */
export interface Running {
  /** What it has written. */
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with its exit code. */
  readonly exitCode: Promise<number>;
  /** As a signal does. */
  readonly stop: () => void;
  /** Resolves with the match when the standard output has it; rejects where the command ends without. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
}

export function start(...args: string[]): Running {
  let out = '';
  let err = '';
  let written: () => void = () => {};
  const controller = new AbortController();
  const exitCode = run(args, {
    out(text) {
      out += text;
      written();
    },
    err: (text) => void (err += text),
    signal: controller.signal,
  });
  atEnd(async () => {
    controller.abort();
    await exitCode;
  });
  const ended = exitCode.then((code) => {
    throw new Error(`It has ended with ${code}: ${err}`);
  });
  ended.catch(() => {});
  return {
    out: () => out,
    err: () => err,
    exitCode,
    stop: () => controller.abort(),
    async until(pattern) {
      for (;;) {
        const match = pattern.exec(out);
        if (match !== null) return match;
        await Promise.race([ended, new Promise<void>((resolve) => (written = resolve))]);
      }
    },
  };
}
