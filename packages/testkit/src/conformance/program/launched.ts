import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';

/** Characters of what a program says on its standard error: the last ones are kept. */
const ERROR_TEXT_MAX = 2_000;
/** Characters of a line: what is longer is no message. */
const LINE_MAX = 256 * 1024;
/** Milliseconds of real time until a program that was asked to end is killed. */
const END_LIMIT_MS = 500;

/** How a program has come to its end. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly message: string };

/** A program that runs beside the suite. */
export interface Launched {
  /** Resolves when it has come to its end, whatever that is. */
  readonly exit: Promise<Exit>;
  /** What it has written to its standard error last. */
  errorText(): string;
  /** Asks it to end, and kills it where it does not. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Starts a program without a shell. `onLine` gets what it prints, line by line. Does not throw. */
export function launch(program: string, args: readonly string[], onLine: (line: string) => void): Launched {
  let child: ReturnType<typeof spawnQuietly>;
  try {
    child = spawnQuietly(program, args);
  } catch (error) {
    // Arguments that the system does not take.
    return failedLaunch(error as Error);
  }
  let errorText = '';
  let isOver = false;
  const lines = new Lines(onLine);
  child.stdout.on('data', (chunk: Buffer) => {
    if (!isOver) lines.take(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => (errorText = `${errorText}${chunk.toString()}`.slice(-ERROR_TEXT_MAX)));
  const exit = new Promise<Exit>((resolve) => {
    child.on('error', ({ message }) => resolve({ kind: 'not-started', message }));
    child.on('exit', (code, signal) =>
      resolve(code === null ? { kind: 'killed', signal: signal ?? 'unknown' } : { kind: 'exited', code }),
    );
  });
  return {
    exit,
    errorText: () => errorText.trimEnd(),
    async stop() {
      isOver = true;
      child.kill('SIGTERM');
      const killing = setTimeout(() => child.kill('SIGKILL'), END_LIMIT_MS);
      await exit;
      clearTimeout(killing);
      // Programs that it has started itself may still hold the other ends.
      child.stdout.destroy();
      child.stderr.destroy();
    },
  };
}

function spawnQuietly(program: string, args: readonly string[]) {
  return spawn(program, args, { shell: false, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
}

function failedLaunch({ message }: Error): Launched {
  const exit = Promise.resolve<Exit>({ kind: 'not-started', message });
  return { exit, errorText: () => '', stop: () => Promise.resolve() };
}

/** Puts lines together. */
class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';
  /** In a line that is too long, until it ends. */
  #isSkipping = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  take(chunk: Buffer): void {
    const parts = `${this.#rest}${this.#decoder.write(chunk)}`.split(/\r?\n/);
    this.#rest = parts.pop()!;
    for (const line of parts) {
      if (!this.#isSkipping) this.#onLine(line);
      this.#isSkipping = false;
    }
    if (this.#rest.length <= LINE_MAX) return;
    this.#rest = '';
    this.#isSkipping = true;
  }
}
