// The demo: `npm run demo`, or against a broker of yours: `npm run demo -- --broker mqtt://localhost:1883`.
//
// A publisher and a subscriber, two sessions over TCP, exchange messages at QoS 0, 1 and 2. In the middle of the burst
// the connections of both are cut. They connect again, resume their sessions, and a table says what became of every
// message. The exit code is 0 only if each QoS has kept its promise.
//
// The part to read is demo/exchange.ts.
import { main } from './demo/main.ts';

process.exitCode = await main(process.argv.slice(2), process.stdout, process.stderr);
