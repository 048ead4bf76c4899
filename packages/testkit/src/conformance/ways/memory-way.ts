import { VirtualTime } from '../../clock/virtual-time.ts';
import { memoryLink, type MemoryLinkOptions } from '../../link/memory-link.ts';
import { VirtualPatience, WAIT_LIMIT_MS } from '../../script/patience.ts';
import { scriptedBroker } from '../../script/scripted-broker.ts';
import type { Way } from './way.ts';

/** Links in memory on virtual time: an hour of keep alive takes no time. `link`: chunking and other trouble. */
export function memoryWay(link: Omit<MemoryLinkOptions, 'clock'> = {}): Way {
  return {
    name: 'memory',
    concurrency: 1,
    async open() {
      const time = new VirtualTime();
      const patience = new VirtualPatience(time);
      const broker = await scriptedBroker({ over: () => memoryLink({ ...link, clock: time.clock('link') }), time });
      return {
        broker,
        pace: {
          slackMs: 0,
          async settle(promise, how = 'shortly') {
            if (how === 'shortly') await time.settle();
            else await patience.wait(promise, WAIT_LIMIT_MS);
          },
        },
        connect: () => broker.open(),
        clock: () => time.clock('client'),
      };
    },
  };
}
