import type { MemoryBroker } from '../broker/memory-broker.ts';
import { summaryOf } from '../transcript/fields.ts';
import type { Transcript } from '../transcript/transcript.ts';
import type { Accepted } from './acceptor.ts';
import { consult, isAnswered, type AnswerTable } from './answers.ts';
import { answerTo, buildPacket } from './build.ts';
import { Conversation, type Arrival, type ConversationHost } from './conversation.ts';
import { hexShown, messageOf, nameOfPacket, type Report } from './failure.ts';
import type { ClientPacket } from './packets.ts';
import type { Patience } from './patience.ts';
import { ScriptError, type ScriptErrorCode, type ScriptErrorDetails } from './script-error.ts';
import type { ScriptedConnection } from './scripted-connection.ts';
import type { Failing, Step, Steps } from './steps.ts';

/** Lines of the transcript in a message. */
const TRANSCRIPT_LINES = 12;

/** What an error has beside its code and its headline. */
type FailureDetails = ScriptErrorDetails &
  Pick<Report, 'mismatch' | 'list' | 'wantedBytes'> & { readonly want?: Report['wanted'] };

/** All that the steps of a script share: the conversations, the answers, the time, the transcript, and the failure. */
export class Stage implements ConversationHost {
  readonly transcript: Transcript;
  readonly patience: Patience;
  readonly failing: Failing;
  readonly conversations: Conversation[] = [];
  /** The answers on every connection that has no table of its own. */
  table: AnswerTable;
  readonly tables: Map<Conversation, AnswerTable> = new Map();
  /** Serves the connections that come; undefined: they wait for the script. */
  #successor: Pick<MemoryBroker, 'accept'> | undefined;
  readonly #untaken: Conversation[] = [];
  readonly #listeners = new Set<() => void>();
  /** The steps of the broker, and those of connections that a script has in hand. */
  readonly queues: Set<Steps> = new Set();
  readonly handleOf: (conversation: Conversation) => ScriptedConnection;

  constructor(
    transcript: Transcript,
    patience: Patience,
    failing: Failing,
    table: AnswerTable,
    handleOf: (conversation: Conversation) => ScriptedConnection,
  ) {
    this.transcript = transcript;
    this.patience = patience;
    this.failing = failing;
    this.table = table;
    this.handleOf = handleOf;
    // What the client waits for ends with the script; over a link it is told why.
    failing.onFail = (error) => {
      for (const conversation of this.conversations) conversation.cut({ reset: true, error });
    };
  }

  accept(accepted: Accepted): void {
    const conversation = new Conversation(accepted, this.transcript.connection(), this);
    this.conversations.push(conversation);
    if (this.failing.failure !== undefined) conversation.cut({ reset: true, error: this.failing.failure.error });
    else if (this.#successor === undefined) {
      this.#untaken.push(conversation);
      conversation.start();
    } else this.#successor.accept(conversation.give('handed over').io);
    this.changed();
  }

  /** The next connection that no step has been about, in the order of their opening. */
  takeNext(): Conversation | undefined {
    return this.#untaken.shift();
  }

  /** Connections that no step has been about, and that are not being answered either. */
  get untaken(): readonly Conversation[] {
    return this.#untaken.filter(
      (conversation) => conversation.connect === undefined && !isAnswered(this.tableOf(conversation), 'connect'),
    );
  }

  /** Gives all connections that no step was about, and all that come, to another broker. */
  handOverLater(broker: Pick<MemoryBroker, 'accept'>): void {
    this.#successor = broker;
    for (const conversation of this.#untaken.splice(0)) {
      const { io, received } = conversation.give('handed over');
      broker.accept(io, { received });
    }
  }

  /** The steps that have not come to their end, of all queues. */
  openSteps(): readonly Step[] {
    return [...this.queues].flatMap(({ open }) => open);
  }

  /** Calls `listener` after every change, until the function that it returns is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  tableOf(conversation: Conversation): AnswerTable {
    return this.tables.get(conversation) ?? this.table;
  }

  mayEnd(conversation: Conversation): boolean {
    return this.tableOf(conversation).end === true;
  }

  answer(conversation: Conversation, packet: ClientPacket): boolean {
    const table = this.tableOf(conversation);
    const answer = table[packet.type];
    if (answer === undefined || !isAnswered(table, packet.type)) return false;
    conversation.noteTaken(packet);
    try {
      const fields = consult(answer, packet, () => this.handleOf(conversation));
      const usual = fields === undefined ? undefined : answerTo(packet);
      if (usual !== undefined) {
        // A client that is gone does not get it, as with any broker.
        conversation.send(buildPacket(usual.type, { ...usual.fields, ...fields })).catch(() => {});
      }
    } catch (error) {
      const headline = `The answer to ${nameOfPacket(packet.type)} cannot be sent: ${textOf(error)}`;
      this.failing.fail(this.error('misuse', headline, { cause: error, connection: conversation.number }));
    }
    if (packet.type === 'disconnect') void conversation.finish();
    return true;
  }

  /** What is left of a script that has ended, one line each. */
  leftOver(): readonly string[] {
    const { untaken } = this;
    return this.conversations.flatMap((conversation) => {
      const { number } = conversation;
      if (untaken.includes(conversation)) return [`connection ${number}, which no step was about`];
      return conversation.leftOver.map((arrival) => `${describeArrival(arrival)}, from connection ${number}`);
    });
  }

  /** An error with all that is known. */
  error(code: ScriptErrorCode, headline: string, details: FailureDetails = {}): ScriptError {
    const count = this.transcript.present.length;
    const transcript = this.transcript.toString({ last: TRANSCRIPT_LINES });
    const message = messageOf({
      headline,
      line: details.site?.line,
      step: details.step,
      wanted: details.want,
      got: details.got,
      mismatch: details.mismatch,
      bytes: details.bytes,
      wantedBytes: details.wantedBytes,
      list: details.list,
      transcript,
      lineCount: count,
      shownCount: Math.min(count, TRANSCRIPT_LINES),
    });
    return new ScriptError(code, message, { ...details, transcript });
  }

  /** For a step that ends a connection with something left on it. */
  unclaimed(step: Step, conversation: Conversation, arrival: Arrival, what: string): ScriptError {
    const entry = arrival.kind === 'packet' ? arrival.entry : undefined;
    const headline = `${describeArrival(arrival)} came and no step has taken it when ${what}`;
    const code =
      entry === undefined ? 'unexpected-end' : entry.packet === undefined ? 'malformed-packet' : 'unexpected-packet';
    const details = { got: entry?.packet, bytes: entry?.bytes, connection: conversation.number };
    return this.failed(step, code, headline, details);
  }

  /** For a step that cannot go on; its line and its text are added. */
  failed(step: Step, code: ScriptErrorCode, headline: string, details: FailureDetails = {}): ScriptError {
    return this.error(code, headline, { site: step.site, step: step.text, ...details });
  }
}

/** `PUBLISH topic 'a', qos 1` */
export function describeArrival(arrival: Arrival): string {
  if (arrival.kind === 'end') return 'the end of the stream';
  if (arrival.kind === 'part') return `the beginning of a packet (${hexShown(arrival.bytes)})`;
  const { packet, bytes, problem } = arrival.entry;
  if (packet === undefined) return `malformed bytes (${hexShown(bytes)}: ${problem})`;
  return `${nameOfPacket(packet.type)} ${summaryOf(packet)}`.trimEnd();
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
