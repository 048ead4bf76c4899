import type { ClientContext, ClientPublication, ClientUnderTest, ConformanceClient } from '../client.ts';
import type { ProgramTask } from './task.ts';

/** What a case has asked of its client. */
export class Recording {
  readonly #calls: (ProgramTask | undefined)[] = [];
  #clientCount = 0;

  /** The task that says all of it; undefined where it takes more than a program can be told. */
  get task(): ProgramTask | undefined {
    const [connect, action, ...more] = this.#calls;
    if (this.#clientCount !== 1 || connect?.behaviour !== 'connect' || more.length > 0) return undefined;
    return this.#calls.length === 1 ? connect : action;
  }

  /** The same client; what it is asked for is written down. */
  of(underTest: ClientUnderTest): ClientUnderTest {
    return { ...underTest, create: (context) => this.#client(underTest, context) };
  }

  #client(underTest: ClientUnderTest, context: ClientContext): ConformanceClient {
    this.#clientCount += 1;
    const client = underTest.create(context);
    const note = (task: ProgramTask | undefined): void => void this.#calls.push(task);
    return {
      connect(request) {
        note(request === undefined ? taskFor('connect') : undefined);
        return client.connect(request);
      },
      publish(publication) {
        note(publishTask(publication));
        return client.publish(publication);
      },
      subscribe(subscriptions, properties) {
        const [{ topicFilter, qos = 0, ...options } = { topicFilter: '' }, ...more] = subscriptions;
        const isPlain = subscriptions.length === 1 && more.length === 0 && properties === undefined;
        const isDefault = Object.values(options).every((value) => value === undefined);
        note(isPlain && isDefault ? { ...taskFor('subscribe'), topic: topicFilter, qos } : undefined);
        return client.subscribe(subscriptions, properties);
      },
      unsubscribe(topicFilters, properties) {
        const [topic = ''] = topicFilters;
        const isPlain = topicFilters.length === 1 && properties === undefined;
        note(isPlain ? { ...taskFor('unsubscribe'), topic } : undefined);
        return client.unsubscribe(topicFilters, properties);
      },
      disconnect(request) {
        note(request === undefined ? taskFor('disconnect') : undefined);
        return client.disconnect(request);
      },
      reauthenticate(request) {
        note(undefined);
        return client.reauthenticate(request);
      },
      closed() {
        note(undefined);
        return client.closed();
      },
      stop: () => client.stop(),
    };
  }
}

function taskFor(behaviour: ProgramTask['behaviour']): ProgramTask {
  return { behaviour, topic: '', payload: '', qos: 0, retain: false, mayRefuse: false };
}

function publishTask(publication: ClientPublication): ProgramTask | undefined {
  const { topic, payload = '', qos = 0, retain = false, properties } = publication;
  if (properties !== undefined) return undefined;
  const text = typeof payload === 'string' ? payload : new TextDecoder().decode(payload);
  const isText = typeof payload === 'string' || Buffer.from(text).equals(payload);
  return isText ? { ...taskFor('publish-stay'), topic, payload: text, qos, retain } : undefined;
}
