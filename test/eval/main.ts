// How good is what Paperboy sends? On invented papers and topics, or on those of a folder with recorded ones:
//   npm run eval [-- FOLDER]
import { evaluate } from './evaluate.ts';

console.log(await evaluate(process.argv[2]));
