import type { ConnectPacket } from '@minimq/core/codec';
import type { AnswerTable } from './answers.ts';
import type { Conversation } from './conversation.ts';
import { expectFace, type Target } from './expecting.ts';
import { ScriptFace } from './face.ts';
import type { Stage } from './stage.ts';
import { Steps } from './steps.ts';

/** One connection of a scripted broker, for scripts in which several are open at once. Its steps are its own. */
export class ScriptedConnection extends ScriptFace {
  readonly #conversation: Conversation;

  constructor(stage: Stage, conversation: Conversation, steps: Steps = new Steps(stage.patience, stage.failing)) {
    const find = async (): Promise<Conversation> => conversation;
    const silentOn = (): readonly Conversation[] => [conversation];
    const target: Target = { stage, steps, movesOn: false, find, findEnding: find, silentOn };
    super(target, expectFace(target), (table: AnswerTable) => {
      stage.tables.set(conversation, table);
      conversation.review();
    });
    this.#conversation = conversation;
    stage.queues.add(steps);
  }

  /** Counted from 1, in the order in which the connections were opened. */
  get number(): number {
    return this.#conversation.number;
  }

  /** The CONNECT that was expected, or answered, on it. */
  get connect(): ConnectPacket | undefined {
    return this.#conversation.connect;
  }
}
