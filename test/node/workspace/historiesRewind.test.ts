import { describeHistories } from './histories/property.ts';

describeHistories('rewind');
