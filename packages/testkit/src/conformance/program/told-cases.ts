import type { Bench } from '../bench/bench.ts';
import type { Inbox } from '../bench/inbox.ts';
import { neededFeatures, type ConformanceCase } from '../case.ts';
import type { ClientSetup, ConformanceClient } from '../client.ts';
import { sessionUnderTest } from '../clients/session.ts';
import type { Feature } from '../feature.ts';
import { runCase } from '../runner/run-case.ts';
import { memoryWay } from '../ways/memory-way.ts';
import { Recording } from './recorded-task.ts';
import { isTellable, type ProgramTask } from './task.ts';
import { toldCase, type OnLine, type Play } from './told-case.ts';

/** What a program may be able to do without being told how. */
const NEEDS: readonly Feature[] = ['qos2'];

/** Unlike what the cases ask of a client, so that they do not judge a program by it. */
const SETUP: ClientSetup = { clientId: 'program', keepAlive: 60, sessionExpiryInterval: 0 };

/**
 * The cases that a program can play, and what it is told for them. These are the cases that ask for one thing at most, and
 * that our own session passes where it does that thing at once and nobody looks into it.
 */
export async function programTasks(cases: readonly ConformanceCase[]): Promise<ReadonlyMap<string, ProgramTask>> {
  const tasks = new Map<string, ProgramTask>();
  for (const conformanceCase of cases) {
    const task = await taskOf(conformanceCase);
    if (task !== undefined) tasks.set(conformanceCase.name, task);
  }
  return tasks;
}

/** Milliseconds of real time; on virtual time a case takes a few. */
const LIMIT_MS = 5_000;

const options = { way: memoryWay(), caseLimitMs: LIMIT_MS };

async function taskOf(conformanceCase: ConformanceCase): Promise<ProgramTask | undefined> {
  const { setup = {}, isHeavy = false, ways } = conformanceCase;
  const isPlain = Object.values(setup).every((value) => value === undefined);
  const isKnown = neededFeatures(conformanceCase).every((feature) => NEEDS.includes(feature));
  if (!isPlain || !isKnown || isHeavy || ways?.includes('memory') === false) return undefined;
  const recording = new Recording();
  await runCase(conformanceCase, { ...options, client: recording.of(sessionUnderTest()) });
  const { task } = recording;
  if (task === undefined || !isTellable(task)) return undefined;
  const passes = async (manner: Manner): Promise<boolean> => {
    const stand = new StandIn(manner);
    const told = toldCase(conformanceCase, { task, play: stand.play, setup: SETUP });
    const { outcome } = await runCase(told, { ...options, client: sessionUnderTest() });
    return outcome === 'passed' && (manner !== 'leaves' || stand.hasLeft);
  };
  if (!(await passes('stays'))) return undefined;
  const mayRefuse = task.behaviour !== 'connect' && (await passes('refuses'));
  const mayLeave = task.behaviour === 'publish-stay' && (await passes('leaves'));
  return { ...task, mayRefuse, ...(mayLeave && { behaviour: 'publish' }) };
}

/** What a program may do beside what it is told: `leaves`: disconnects afterwards; `refuses`: connects and does nothing. */
type Manner = 'stays' | 'leaves' | 'refuses';

/** Our session in the place of a program. */
class StandIn {
  /** Whether it has disconnected, as a program does that has finished. */
  hasLeft = false;
  readonly #manner: Manner;

  constructor(manner: Manner) {
    this.#manner = manner;
  }

  readonly play: Play = (task, bench, onLine) => {
    void printMessages(bench.inbox, onLine);
    this.#act(bench, task).catch(() => {});
    const never = new Promise<never>(() => {});
    const stop = (): Promise<void> => Promise.resolve();
    return { connected: Promise.resolve(), failed: never, stop, describe: () => '' };
  };

  async #act({ client, broker }: Bench, task: ProgramTask): Promise<void> {
    await client.connect();
    if (this.#manner !== 'refuses') await perform(client, task).catch(() => {});
    if (this.#manner !== 'leaves') return;
    await client.disconnect();
    const sent = broker.transcript.packets({ type: 'disconnect', direction: 'toServer' });
    this.hasLeft = sent.some(({ packet }) => packet.type === 'disconnect' && packet.reasonCode === 0);
  }
}

async function printMessages(inbox: Inbox, onLine: OnLine): Promise<void> {
  for (let count = 1; ; count += 1) {
    const { topic, payload } = (await inbox.count(count))[count - 1]!;
    onLine(`${topic} ${new TextDecoder('utf-8', { ignoreBOM: true }).decode(payload)}`);
  }
}

async function perform(client: ConformanceClient, task: ProgramTask): Promise<void> {
  const { behaviour, topic, payload, qos, retain } = task;
  if (behaviour === 'publish-stay') await client.publish({ topic, payload, qos, retain });
  if (behaviour === 'subscribe') await client.subscribe([{ topicFilter: topic, qos }]);
  if (behaviour === 'unsubscribe') await client.unsubscribe([topic]);
  if (behaviour === 'disconnect') await client.disconnect();
}
