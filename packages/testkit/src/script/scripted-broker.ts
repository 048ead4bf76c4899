import type { Io } from '@minimq/core';
import { Transcript } from '../transcript/transcript.ts';
import type { VirtualTime } from '../clock/virtual-time.ts';
import { acceptorOf, type Acceptor, type Over } from './acceptor.ts';
import type { AnswerTable } from './answers.ts';
import { BrokerTarget } from './broker-target.ts';
import type { Conversation } from './conversation.ts';
import { expectFace, type ExpectFace, type ExpectOptions } from './expecting.ts';
import { ScriptFace } from './face.ts';
import { RealPatience, VirtualPatience } from './patience.ts';
import { ScriptedConnection } from './scripted-connection.ts';
import { Stage } from './stage.ts';
import { Failing, Steps } from './steps.ts';

export interface ScriptedBrokerOptions {
  /** A link; a function that makes one for each connection, which `open()` then opens; or a listener. */
  readonly over: Over;
  /**
   * The time that clients live in. With it, a step that is awaited moves the time on as far as it takes, and fails where
   * nothing is left that could happen. Not for sockets, which virtual time does not know of. Default: real time.
   */
  readonly time?: VirtualTime | undefined;
  /** In real time: how long a step waits. Default `WAIT_LIMIT_MS`. */
  readonly limitMs?: number | undefined;
  /** Packets that are answered from the beginning; see `answer()`. Default: none, so that the script has to say all. */
  readonly answers?: AnswerTable | undefined;
}

/** The broker of a script also expects connections. */
export interface BrokerExpectFace extends ExpectFace {
  /** The next connection, whatever the present one does. The steps of the broker are about it from then on. */
  connection(options?: ExpectOptions): Promise<ScriptedConnection>;
}

/**
 * A broker that does what a script says, over one connection after the other: a step is about the present connection
 * until that is over, and then about the next one.
 */
export class ScriptedBroker extends ScriptFace<BrokerExpectFace> {
  readonly #stage: Stage;
  readonly #steps: Steps;
  readonly #acceptor: Acceptor;

  /** Use `scriptedBroker()`. */
  constructor(stage: Stage, target: BrokerTarget, acceptor: Acceptor) {
    const connection = (options?: ExpectOptions): Promise<ScriptedConnection> =>
      target.steps.add('expect.connection()', async (step) =>
        stage.handleOf(await target.findNext(step, 'a connection', options?.limitMs)),
      );
    super(target, { ...expectFace(target), connection }, (table) => {
      stage.table = table;
      for (const conversation of stage.conversations) conversation.review();
    });
    this.#stage = stage;
    this.#steps = target.steps;
    this.#acceptor = acceptor;
  }

  /** Where clients find it: `mqtt://127.0.0.1:PORT`; undefined over links. */
  get url(): string | undefined {
    return this.#acceptor.url;
  }

  /** Every packet so far. */
  get transcript(): Transcript {
    return this.#stage.transcript;
  }

  /** The connections that there were, in the order of their opening. */
  get connections(): readonly ScriptedConnection[] {
    return this.#stage.conversations.map((conversation) => this.#stage.handleOf(conversation));
  }

  /** What the script has failed with. */
  get failure(): unknown {
    return this.#stage.failing.failure?.error;
  }

  /** Opens a connection over a link of its own, and returns the client's end: `session.connect(broker.open())`. */
  open(): Io {
    if (this.#acceptor.open !== undefined) return this.#acceptor.open();
    throw new TypeError('open() needs a broker made with `over: () => memoryLink()`');
  }

  /**
   * The end of the script: waits for the steps that have not come to their end. Rejects with the script's failure, or
   * where anything is left over: packets or connections that no step was about, or an end that nobody expected.
   */
  done(): Promise<void> {
    const stage = this.#stage;
    return this.#steps.add('done()', async (step) => {
      await step.awaited;
      const others = [...stage.queues].filter((queue) => queue !== this.#steps);
      await Promise.all(others.map((queue) => queue.finish()));
      await stage.patience.settle();
      const left = stage.leftOver();
      if (left.length > 0) throw stage.failed(step, 'left-over', leftHeadline(left.length), { list: left });
    });
  }

  /**
   * Ends everything: closes all connections, stops listening. Rejects as `done()` does, but waits for nothing: a step
   * that has not come to its end is left over as well.
   */
  async close(): Promise<void> {
    const stage = this.#stage;
    await stage.patience.settle();
    const left = [...describeSteps(stage), ...stage.leftOver()];
    if (left.length > 0) stage.failing.fail(stage.error('left-over', leftHeadline(left.length), { list: left }));
    const { failure } = stage.failing;
    await this.stop();
    if (failure !== undefined) throw failure.error;
  }

  /** Like `close()`, without judging anything. */
  async stop(): Promise<void> {
    const closing = this.#stage.conversations.map((conversation) => conversation.close());
    this.#stage.failing.fail(new Error('The scripted broker has been stopped'));
    await Promise.all(closing);
    await this.#acceptor.stop();
  }
}

/** Begins a script. Resolves when clients can connect. */
export async function scriptedBroker({
  over,
  time,
  limitMs,
  answers = {},
}: ScriptedBrokerOptions): Promise<ScriptedBroker> {
  const acceptor = acceptorOf(over);
  if (time !== undefined && acceptor.isReal === true) {
    throw new TypeError('Sockets do not wait for virtual time: leave `time` out');
  }
  const patience = time === undefined ? new RealPatience(limitMs) : new VirtualPatience(time);
  const transcript = new Transcript({ clock: time === undefined ? undefined : { now: () => time.nowMs } });
  const connections = new Map<Conversation, ScriptedConnection>();
  const stage: Stage = new Stage(transcript, patience, new Failing(), answers, (conversation) => {
    const handle = connections.get(conversation) ?? new ScriptedConnection(stage, conversation);
    connections.set(conversation, handle);
    return handle;
  });
  const target = new BrokerTarget(stage, new Steps(patience, stage.failing));
  const broker = new ScriptedBroker(stage, target, acceptor);
  await acceptor.start((accepted) => stage.accept(accepted));
  return broker;
}

function leftHeadline(count: number): string {
  return `The script has ended, and ${count === 1 ? 'one thing is' : `${count} things are`} left`;
}

function describeSteps(stage: Stage): readonly string[] {
  return stage
    .openSteps()
    .map(({ text, site }) => `the step ${text}${site.line === undefined ? '' : `, at ${site.line}`}`);
}
