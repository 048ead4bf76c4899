import type { ConformanceCase } from '../case.ts';
import { CaseError } from '../case-error.ts';
import type { ClientUnderTest, ConformanceClient } from '../client.ts';
import { FEATURES, type Feature } from '../feature.ts';
import { fillIn, placeholdersFor, splitCommand } from './command.ts';
import { launch, type Exit, type Launched } from './launched.ts';
import { BEHAVIOURS, type Behaviour, type ProgramTask } from './task.ts';
import { ProgramRefusal, toldCase, type Play, type Playing } from './told-case.ts';
import { programTasks } from './told-cases.ts';

/** Milliseconds that a program has to start and to connect. */
const START_LIMIT_MS = 10_000;
/** Milliseconds between two looks whether it has. */
const LOOK_MS = 5;
const NOT_CONNECTED = 'The program has ended without connecting';

export interface ProgramOptions {
  /** A program and its arguments, with placeholders: `my-client {host} {port} {case}`. No shell has a part in it. */
  readonly command: string;
  /** As the report names it. Default: the first word of the command. */
  readonly name?: string | undefined;
  /** What it cannot do; default: nothing. */
  readonly lacks?: readonly Feature[] | undefined;
  /** What it knows how to do. Default: all behaviours. */
  readonly plays?: readonly Behaviour[] | undefined;
  /** The path of a file with the CA that it has to trust, in PEM. Default: empty. */
  readonly ca?: string | undefined;
  /** Once aborted, programs are ended and no more are started: the cases that are left fail. */
  readonly signal?: AbortSignal | undefined;
}

/** A program to be judged, for `runConformance()`. */
export interface ProgramUnderTest {
  readonly client: ClientUnderTest;
  /** All cases that were given. Those for which a program cannot be told what to do need the feature `step-by-step`. */
  readonly cases: readonly ConformanceCase[];
}

/**
 * Makes a program, in whatever language, a client that the suite can judge: it is started anew for each case. Resolves
 * when it is known which cases it can play. Rejects with a `TypeError` where the command is none.
 */
export async function programUnderTest(
  options: ProgramOptions,
  cases: readonly ConformanceCase[],
): Promise<ProgramUnderTest> {
  const { command, name, lacks = [], plays = Object.keys(BEHAVIOURS), ca = '', signal } = options;
  const [program, ...args] = splitCommand(command);
  const missing: readonly Feature[] = ['step-by-step', ...lacks];
  const features = (Object.keys(FEATURES) as Feature[]).filter((feature) => !missing.includes(feature));
  const play: Play = (task, { broker }, onLine) => {
    signal?.throwIfAborted();
    const placeholders = placeholdersFor(broker.url!, ca, task);
    const launched = launch(
      fillIn(program, placeholders),
      args.map((argument) => fillIn(argument, placeholders)),
      onLine,
    );
    return playing(launched, () => broker.connections.length > 0, signal);
  };
  const tasks = await programTasks(cases);
  return {
    client: { name: name ?? program, features, create: () => nobody },
    cases: cases.map((each) => {
      const task = tasks.get(each.name);
      return caseFor(each, task !== undefined && plays.includes(task.behaviour) ? task : undefined, play);
    }),
  };
}

function caseFor(conformanceCase: ConformanceCase, task: ProgramTask | undefined, play: Play): ConformanceCase {
  if (task !== undefined) return toldCase(conformanceCase, { task, play });
  return { ...conformanceCase, needs: ['step-by-step'] };
}

function playing(launched: Launched, hasConnected: () => boolean, signal?: AbortSignal): Playing {
  let exit: Exit | undefined;
  void launched.exit.then((ended) => (exit = ended));
  const connected = connecting(launched, hasConnected);
  const failed = (async (): Promise<never> => {
    const ended = await launched.exit;
    // What has exited by itself is judged by the wire.
    if (ended.kind === 'exited') return new Promise(() => {});
    throw new CaseError('must', 'The program has crashed');
  })();
  for (const promise of [connected, failed]) promise.catch(() => {});
  const stop = (): void => void launched.stop();
  signal?.addEventListener('abort', stop);
  return {
    connected,
    failed,
    stop() {
      signal?.removeEventListener('abort', stop);
      return launched.stop();
    },
    describe() {
      const said = launched.errorText();
      return `The program ${describeExit(exit)}${said === '' ? '' : `, and has said last:\n${said}`}`;
    },
  };
}

/** Resolves when the program has connected; rejects when it has ended without, or when it takes too long. */
function connecting({ exit }: Launched, hasConnected: () => boolean): Promise<void> {
  const endMs = performance.now() + START_LIMIT_MS;
  return new Promise((resolve, reject) => {
    // Nothing tells of it: a program is in no hurry.
    const looking = setInterval(() => {
      if (hasConnected()) settle();
      else if (performance.now() > endMs) {
        settle(new CaseError('must', `The program has not connected within ${START_LIMIT_MS} ms`));
      }
    }, LOOK_MS);
    const settle = (error?: Error): void => {
      clearInterval(looking);
      if (error === undefined) resolve();
      else reject(error);
    };
    void exit.then((ended) => {
      if (hasConnected()) settle();
      else if (ended.kind === 'exited' && ended.code !== 0) settle(new ProgramRefusal('must', NOT_CONNECTED));
      else settle(new CaseError('must', NOT_CONNECTED));
    });
  });
}

function describeExit(exit: Exit | undefined): string {
  if (exit === undefined) return 'is running';
  if (exit.kind === 'exited') return `has exited with ${exit.code}`;
  return exit.kind === 'killed' ? `was ended by ${exit.signal}` : `could not be started: ${exit.message}`;
}

/** Every call is for the program, and that is told at its start. */
function notCalled(): Promise<never> {
  return Promise.reject(new Error('A program is not called'));
}

const nobody: ConformanceClient = {
  connect: notCalled,
  publish: notCalled,
  subscribe: notCalled,
  unsubscribe: notCalled,
  disconnect: notCalled,
  reauthenticate: notCalled,
  closed: notCalled,
  stop: () => Promise.resolve(),
};
