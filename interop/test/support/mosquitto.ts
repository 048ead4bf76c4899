import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { tcp, type Transport } from './transports.ts';

const INSTALL =
  'sudo apt-get update && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mosquitto';
/** Debian puts daemons there, which is not on every user's PATH. */
const PATH = [process.env['PATH'], '/usr/local/sbin', '/usr/sbin'].join(delimiter);
/** Another process may take a free port before mosquitto has it. */
const ATTEMPT_COUNT_MAX = 5;
const DATABASE = 'mosquitto.db';

/** A mosquitto of the tests' own: a child process on a free port, with a temporary folder. */
export class Mosquitto {
  /** For its configuration and its database; gone with `stop()`. */
  readonly folder: string = mkdtempSync(join(tmpdir(), 'minimq-mosquitto-'));
  readonly host = '127.0.0.1';
  port = 0;
  /** A Unix socket, on which it listens beside the port. */
  readonly socketPath: string = join(this.folder, 'mosquitto.sock');
  /** What is spoken on the port. */
  readonly transport: Transport;
  readonly #settings: (folder: string) => readonly string[];
  readonly #log: string[] = [];
  readonly #onLog = new Set<() => void>();
  #process: ChildProcess | undefined;

  /** `settings`: lines for its configuration file. */
  static async start(
    settings: (folder: string) => readonly string[] = () => [],
    transport: Transport = tcp,
  ): Promise<Mosquitto> {
    const mosquitto = new Mosquitto(settings, transport);
    for (let attempt = 1; ; attempt++) {
      mosquitto.port = await freePort();
      try {
        await mosquitto.run();
        return mosquitto;
      } catch (error) {
        if (attempt < ATTEMPT_COUNT_MAX && String(error).includes('Address already in use')) continue;
        await mosquitto.stop();
        throw error;
      }
    }
  }

  private constructor(settings: (folder: string) => readonly string[], transport: Transport) {
    this.#settings = settings;
    this.transport = transport;
  }

  get url(): string {
    return `mqtt://${this.host}:${this.port}`;
  }

  /** Starts the process, again after it was ended, and resolves when it is listening. */
  async run(): Promise<void> {
    const file = join(this.folder, 'mosquitto.conf');
    const settings = [
      'per_listener_settings false',
      'log_dest stderr',
      'user root',
      `persistence_location ${this.folder}/`,
      `persistence_file ${DATABASE}`,
      // With a listener for WebSockets alone it does not start.
      `listener 0 ${this.socketPath}`,
      `listener ${this.port} ${this.host}`,
      ...(await this.transport.listener(this.folder)),
      ...this.#settings(this.folder),
    ];
    writeFileSync(file, `${settings.join('\n')}\n`);
    this.#log.length = 0;
    const child = spawn('mosquitto', ['-c', file], {
      env: { ...process.env, PATH },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    const killAtExit = (): void => void child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('exit', () => process.off('exit', killAtExit));
    createInterface(child.stderr!).on('line', (line) => {
      this.#log.push(line);
      for (const look of this.#onLog) look();
    });
    const failed = new Promise<never>((_, reject) => {
      child.once('error', (cause) =>
        reject(new Error(`mosquitto cannot be started; install it:\n  ${INSTALL}`, { cause })),
      );
      // 'close' comes when all of its log is there.
      child.once('close', (code) => reject(new Error(`mosquitto ended with ${code}:\n${this.#log.join('\n')}`)));
    });
    failed.catch(() => {});
    await Promise.race([this.logged(/mosquitto version \S+ running/), failed]);
  }

  /** Resolves with the first line of its log since it was started that matches. */
  logged(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        const line = this.#log.find((each) => pattern.test(each));
        if (line === undefined) return;
        this.#onLog.delete(look);
        resolve(line);
      };
      this.#onLog.add(look);
      look();
    });
  }

  /** Ends the process by a signal, and resolves when it is gone. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Has it write its state to the disk now (SIGUSR1), and resolves when the file is in its place. */
  async save(): Promise<void> {
    const file = join(this.folder, DATABASE);
    const saved = (): number => statSync(file, { throwIfNoEntry: false })?.ino ?? 0;
    const before = saved();
    const watcher = watch(this.folder);
    try {
      this.#process!.kill('SIGUSR1');
      // It writes another file, and then gives it the name.
      while (saved() === before) await once(watcher, 'change');
    } finally {
      watcher.close();
    }
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs one of mosquitto's own tools to its end. */
export function runTool(tool: 'mosquitto_passwd' | 'mosquitto_ctrl', ...args: readonly string[]): void {
  const { error, status, stderr } = spawnSync(tool, args, { env: { ...process.env, PATH }, encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${tool} cannot be started; install it:\n  ${INSTALL}`, { cause: error });
  if (status !== 0) throw new Error(`${tool} ended with ${status}: ${stderr}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
