import type { Conversation } from './conversation.ts';
import type { Target } from './expecting.ts';
import type { Stage } from './stage.ts';
import type { Step, Steps } from './steps.ts';

/** Which connection a step of the broker is about: the present one until it is over, then the next. */
export class BrokerTarget implements Target {
  readonly stage: Stage;
  readonly steps: Steps;
  readonly movesOn = true;
  #present: Conversation | undefined;

  constructor(stage: Stage, steps: Steps) {
    this.stage = stage;
    this.steps = steps;
    stage.queues.add(steps);
  }

  readonly find = async (step: Step, wanted: string, limitMs: number | undefined): Promise<Conversation> => {
    if (this.#present !== undefined && !this.#present.isOver) return this.#present;
    return this.findNext(step, wanted, limitMs);
  };

  /** The end of a connection may be expected after its DISCONNECT. */
  readonly findEnding = async (step: Step, limitMs: number | undefined): Promise<Conversation> => {
    const present = this.#present;
    if (present !== undefined && !present.isEndTaken && (!present.isLeft || present.isDisconnected)) return present;
    return this.findNext(step, 'the end of a connection', limitMs);
  };

  readonly silentOn = (): readonly Conversation[] => {
    const untaken = this.stage.untaken;
    return this.#present === undefined ? untaken : [this.#present, ...untaken];
  };

  /** The next connection, which is present from then on. */
  async findNext(step: Step, wanted: string, limitMs: number | undefined): Promise<Conversation> {
    for (;;) {
      for (let next = this.stage.takeNext(); next !== undefined; next = this.stage.takeNext()) {
        this.#present = next;
        if (!next.isOver) return next;
      }
      const headline = (why: string): string => `No client connected, and the script wants ${wanted}: ${why}`;
      await step.wait(this.#opened(), limitMs, (why) =>
        this.stage.failed(step, 'nothing-came', headline(why), { wanted }),
      );
    }
  }

  #opened(): Promise<void> {
    return new Promise((resolve) => {
      const unwatch = this.stage.watch(() => {
        unwatch();
        resolve();
      });
    });
  }
}
