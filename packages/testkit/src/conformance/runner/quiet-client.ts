import type { ConformanceClient } from '../client.ts';

/** The same client; rejections that no case looks at stay without consequences, and a call that throws rejects. */
export function quietClient(client: ConformanceClient): ConformanceClient {
  const quietly =
    <Args extends readonly unknown[], T>(call: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> => {
      const promise = (async () => call(...args))();
      promise.catch(() => {});
      return promise;
    };
  return {
    connect: quietly((request) => client.connect(request)),
    publish: quietly((publication) => client.publish(publication)),
    subscribe: quietly((subscriptions, properties) => client.subscribe(subscriptions, properties)),
    unsubscribe: quietly((topicFilters, properties) => client.unsubscribe(topicFilters, properties)),
    disconnect: quietly((request) => client.disconnect(request)),
    reauthenticate: quietly((request) => client.reauthenticate(request)),
    closed: quietly(() => client.closed()),
    stop: quietly(() => client.stop()),
  };
}
