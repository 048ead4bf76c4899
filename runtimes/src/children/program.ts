import { spawn } from 'node:child_process';

/** Far more than any run takes. */
const LIMIT_MS = 120_000;
const OUTPUT_CHARACTERS_MAX = 100_000;

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly end: number | string | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end, or kills it where that does not come. Rejects where it cannot be started. */
export function runProgram(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // A group of its own: some commands start the real program as a child.
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const kill = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(kill, LIMIT_MS);
    process.once('exit', kill);
    const output = { out: '', err: '' };
    const collect = (name: keyof typeof output) => (text: string) => {
      output[name] = (output[name] + text).slice(-OUTPUT_CHARACTERS_MAX);
    };
    child.stdout.setEncoding('utf8').on('data', collect('out'));
    child.stderr.setEncoding('utf8').on('data', collect('err'));
    const release = (): void => {
      clearTimeout(timer);
      process.off('exit', kill);
    };
    child.once('error', (error) => {
      release();
      reject(error);
    });
    child.once('close', (code, signal) => {
      release();
      const end = signal === 'SIGKILL' ? `${signal}, as it had not ended within ${LIMIT_MS} ms` : (code ?? signal);
      resolve({ end, ...output });
    });
  });
}
