import { describeHistories } from './histories/property.ts';

describeHistories('flag');
