// Counts one flow in a process of its own. Its argument is a `Flow` as JSON; it prints the `Counts` as JSON.
import { countFlow, type Flow } from './counts.ts';

console.log(JSON.stringify(await countFlow(JSON.parse(process.argv[2]!) as Flow)));
process.exit();
