// Sets up the VS Code host of the tests and of `npm start`; does nothing when it is there.
import { endChildrenOnSignal } from './programs.mjs';
import { main } from './problem.mjs';
import { provideVscodeHost } from './setup/vscodeHost.mjs';

endChildrenOnSignal();
await main(provideVscodeHost);
