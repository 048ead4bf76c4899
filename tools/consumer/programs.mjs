// Other programs, started and ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

/** A program that runs: what it has written to its standard output, and its end. */
export class Program {
  /** What it has written so far. */
  output = '';
  #child;
  #ended;

  /**
   * @param {string} command
   * @param {readonly string[]} args
   */
  constructor(command, args) {
    // A group of its own, so that what it starts in turn ends with it.
    this.#child = spawn(command, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (chunk) => (this.output += chunk));
    this.#ended = once(this.#child, 'close');
    process.once('exit', () => this.#signal('SIGKILL'));
  }

  /**
   * Resolves when its output matches; rejects where it ends before.
   *
   * @param {RegExp} pattern
   * @returns {Promise<RegExpExecArray>}
   */
  async printed(pattern) {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found;
      const isOver = await Promise.race([
        once(this.#child.stdout, 'data').then(() => false),
        this.ended().then(() => true),
      ]);
      if (isOver && !pattern.test(this.output))
        throw new Error(`It ended without printing ${pattern}:\n${this.output}`);
    }
  }

  /**
   * Resolves with its exit code: null where a signal ended it.
   *
   * @returns {Promise<number | null>}
   */
  async ended() {
    const [code] = await this.#ended;
    return code;
  }

  /** Asks it to end, and resolves when it has. */
  async stop() {
    this.#signal('SIGTERM');
    return this.ended();
  }

  /** @param {'SIGTERM' | 'SIGKILL'} name */
  #signal(name) {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    process.kill(-pid, name);
  }
}
