import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Starts a module of this package in a process of its own, with one argument that it gets as JSON. */
export function start(module: string, argument: unknown, execArgv: readonly string[] = []): ChildProcess {
  const path = fileURLToPath(new URL(`../${module}`, import.meta.url));
  return fork(path, [JSON.stringify(argument)], { execArgv: [...execArgv], serialization: 'advanced' });
}

/** The next message of a child. Rejects where it ends instead, or is silent for `timeoutMs`. */
export async function message<T>(child: ChildProcess, timeoutMs: number): Promise<T> {
  const ended = new AbortController();
  const onExit = (code: number | null, signal: string | null): void =>
    ended.abort(new Error(`${child.spawnargs.slice(-2).join(' ')} ended (${signal ?? code}) without a result`));
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
    ended.abort(new Error(`${child.spawnargs.slice(-2).join(' ')} gave no result within ${timeoutMs} ms`));
  }, timeoutMs);
  child.once('exit', onExit);
  try {
    const [value] = (await once(child, 'message', { signal: ended.signal })) as [T];
    return value;
  } catch (error) {
    throw ended.signal.aborted ? ended.signal.reason : error;
  } finally {
    clearTimeout(timer);
    child.off('exit', onExit);
  }
}
