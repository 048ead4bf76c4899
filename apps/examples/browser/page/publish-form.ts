import type { Op, QoS } from '@minimq/core';
import { messageOf, type Connection } from './connection.ts';
import { element, setText } from './elements.ts';

/** The form, and what became of what was published with it. */
export class PublishForm {
  #acceptedCount = 0;
  #completeCount = 0;
  #failedCount = 0;
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
    element('publish', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#publish();
    });
  }

  async #publish(): Promise<void> {
    const topic = element('topic', HTMLInputElement).value;
    const payload = element('payload', HTMLTextAreaElement).value;
    const qos = Number(element('qos', HTMLSelectElement).value) as QoS;
    const retain = element('retain', HTMLInputElement).checked;
    try {
      const op = await this.#connection.publish({ topic, payload, qos, retain });
      this.#acceptedCount += 1;
      this.#tell('Accepted; waiting for the broker', 'waiting');
      await this.#follow(op);
    } catch (error) {
      this.#tell(`Not published: ${messageOf(error)}`, 'failed');
    }
  }

  /** To the end of its exchange, over lost connections too. */
  async #follow(op: Op): Promise<void> {
    try {
      await op.completion({ acrossConnections: true });
      this.#completeCount += 1;
      this.#tell(op.qos === 0 ? 'Handed to the transport' : 'Acknowledged by the broker', 'done');
    } catch (error) {
      this.#failedCount += 1;
      this.#tell(`Accepted, but then: ${messageOf(error)}`, 'failed');
    }
  }

  #tell(text: string, kind: 'waiting' | 'done' | 'failed'): void {
    const [accepted, complete, failed] = [this.#acceptedCount, this.#completeCount, this.#failedCount];
    setText('publish-result', text);
    element('publish-result', HTMLElement).className = `result ${kind}`;
    setText('published-accepted', `${accepted}`);
    setText('published-complete', `${complete}`);
    setText('published-waiting', `${accepted - complete - failed}`);
    setText('published-failed', `${failed}`);
  }
}
