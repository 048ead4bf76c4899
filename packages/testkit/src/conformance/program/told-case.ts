import type { Bench } from '../bench/bench.ts';
import { CaseError } from '../case-error.ts';
import { neededFeatures, type ConformanceCase } from '../case.ts';
import type { ClientSetup } from '../client.ts';
import { BlindClient } from './blind-client.ts';
import { BlindInbox } from './blind-inbox.ts';
import type { ProgramTask } from './task.ts';

/** Takes a line that the program has printed, without its end. */
export type OnLine = (line: string) => void;

/** A program at work. */
export interface Playing {
  /** Resolves when it has connected. Rejects where it does not; with a `ProgramRefusal` where it says so by itself. */
  readonly connected: Promise<void>;
  /** Rejects where it fails behind that. Does not resolve. */
  readonly failed: Promise<never>;
  /** Ends it. Afterwards it prints nothing more. */
  stop(): Promise<void>;
  /** What has become of it, in words. */
  describe(): string;
}

/** The program has ended without connecting, and says that it has failed. */
export class ProgramRefusal extends CaseError {}

/** Starts a program that connects to the broker of the bench. */
export type Play = (task: ProgramTask, bench: Bench, onLine: OnLine) => Playing;

export interface ToldCaseOptions {
  readonly task: ProgramTask;
  readonly play: Play;
  readonly setup?: ClientSetup;
}

/** The same case for a program, which is told everything at its start and of which only the wire and its lines are seen. */
export function toldCase(conformanceCase: ConformanceCase, { task, play, setup }: ToldCaseOptions): ConformanceCase {
  const { statements, name, ways } = conformanceCase;
  return {
    statements,
    name,
    needs: neededFeatures(conformanceCase),
    ...(ways && { ways }),
    ...(setup && { setup }),
    run: (bench) => playCase(conformanceCase, bench, task, play),
  };
}

async function playCase({ run }: ConformanceCase, bench: Bench, task: ProgramTask, play: Play): Promise<void> {
  const { broker, pace } = bench;
  const inbox = new BlindInbox();
  const client = new BlindClient(broker);
  const settle: typeof pace.settle = async (promise, how) => {
    client.look();
    if (broker.url !== undefined) await client.acted();
    await pace.settle(promise, how);
  };
  const playing = play(task, bench, (line) => inbox.print(line));
  const { failed } = playing;
  try {
    await playing.connected;
    await Promise.race([run({ ...bench, client, inbox, pace: { ...pace, settle } }), failed]);
    // When it has done what it was told it may go.
    await broker.answer({ disconnect: true, pingreq: true, end: true });
  } catch (error) {
    if (error instanceof ProgramRefusal && task.mayRefuse) return;
    throw explained(error, playing);
  } finally {
    await playing.stop();
  }
}

function explained(error: unknown, playing: Playing): unknown {
  const about = playing.describe();
  if (!(error instanceof Error) || about === '') return error;
  const level = error instanceof CaseError ? error.level : 'must';
  return new CaseError(level, `${error.message}\n${about}`, { cause: error });
}
