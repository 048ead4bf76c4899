import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ConformanceReport } from '../conformance/request.ts';
import type { Ran, Runtime } from '../runs/run.ts';
import type { WebSocketKind } from '../runs/through.ts';
import { TRANSPORTS, type Transport } from '../tasks/target.ts';
import type { Answer, Reports, Task, TaskName } from '../tasks/task.ts';
import { runProgram } from './program.ts';

const INSTALL = 'npx -y pnpm@12.21.0 --dir runtimes install --frozen-lockfile';

/** A runtime that is a program on this machine. */
interface Child {
  readonly name: string;
  /** What the process has to say of itself. */
  readonly runtime: 'node' | 'bun' | 'deno';
  /** How its version begins. */
  readonly version: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly webSocket: WebSocketKind;
  /** Default: all of them. */
  readonly transports?: readonly Transport[];
  /** Whether the tests of the transports run in it. Default false. */
  readonly runsTests?: boolean;
  /** Whether the Io conformance suite runs in it over WebSocket. Default false. */
  readonly runsConformance?: boolean;
}

/** `caFile`: the authority that runtimes are told to trust where the transport cannot tell them. */
export function childRuntimes(caFile: string): readonly Runtime[] {
  const deno: Child = {
    name: 'deno',
    runtime: 'deno',
    version: '2.',
    command: installed('.bin/deno'),
    args: ['run', '--no-lock', '--cached-only', '--allow-net', '--allow-read', '--allow-env', `--cert=${caFile}`],
    webSocket: 'WebSocket',
  };
  const children: readonly Child[] = [
    { name: 'node 20', runtime: 'node', version: '20.', command: process.execPath, webSocket: 'ws' },
    ...[22, 24, 26].map((major): Child => {
      const command = installed(`node-${major}/bin/node`);
      return {
        name: `node ${major}`,
        runtime: 'node',
        version: `${major}.`,
        command,
        webSocket: 'ws',
        runsTests: true,
      };
    }),
    {
      name: 'bun',
      runtime: 'bun',
      version: '1.',
      command: installed('.bin/bun'),
      args: ['run', '--no-install'],
      env: { NODE_EXTRA_CA_CERTS: caFile },
      webSocket: 'WebSocket',
      runsConformance: true,
    },
    deno,
    {
      ...deno,
      name: 'deno --unstable-net',
      args: [...(deno.args ?? []), '--unstable-net'],
      webSocket: 'WebSocketStream',
      transports: ['ws', 'wss'],
      runsConformance: true,
    },
  ];
  return children.map(runtimeOf);
}

function installed(path: string): string {
  return fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));
}

function runtimeOf(child: Child): Runtime {
  const { name, webSocket, transports = TRANSPORTS } = child;
  const runtime: Runtime = {
    name,
    platform: child.runtime,
    webSocket,
    transports,
    ...(child.runsTests === true ? { testCommand: child.command } : {}),
    async perform<Name extends TaskName>(task: Task<Name>) {
      const answer = (await ask(child, 'main', task)) as Answer;
      if (!answer.ok) throw new Error(answer.error);
      if (answer.runtime !== child.runtime || !answer.version.startsWith(child.version)) {
        throw new Error(`it is ${answer.runtime} ${answer.version}, not ${child.runtime} ${child.version}x`);
      }
      return answer as Ran<Reports[Name]>;
    },
  };
  if (child.runsConformance !== true) return runtime;
  return {
    ...runtime,
    conformance: async (request) => (await ask(child, 'conformance-main', request)) as ConformanceReport,
  };
}

/** Runs one of the programs for clients, and returns what it prints. */
async function ask({ name, command, args = [], env }: Child, program: string, request: unknown): Promise<unknown> {
  if (!existsSync(command)) throw new Error(`${name} is not installed; install it:\n  ${INSTALL}`);
  const file = fileURLToPath(new URL(`../client/${program}.js`, import.meta.url));
  const { end, out, err } = await runProgram(command, [...args, file, JSON.stringify(request)], {
    ...process.env,
    ...env,
  });
  if (end !== 0) throw new Error(`it ended with ${end}\n${err || out}`);
  return JSON.parse(out) as unknown;
}
