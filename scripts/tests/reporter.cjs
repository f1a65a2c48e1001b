'use strict';
const fs = require('node:fs');
const { reporters, Runner } = require('mocha');

/**
 * The reporter of every suite: one line per failed or skipped test as it happens, the failures in full at the end, and the
 * counts as JSON in the file that BOUNDED_TEST_RESULTS names. Needs no terminal.
 */
module.exports = class Reporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const { EVENT_RUN_END, EVENT_SUITE_END, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Runner.constants;
    const skipped = [];
    runner.on(EVENT_SUITE_END, (suite) => {
      if (suite.parent?.root && !suite.root) console.log(`  ${suite.title}`);
    });
    runner.on(EVENT_TEST_FAIL, (test) => console.log(`  ✗ ${test.fullTitle()}`));
    runner.on(EVENT_TEST_PENDING, (test) => {
      skipped.push(test.fullTitle());
      console.log(`  - skipped: ${test.fullTitle()}`);
    });
    runner.once(EVENT_RUN_END, () => {
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      const { passes, failures, duration } = this.stats;
      console.log(`  ${passes} passed, ${failures} failed, ${skipped.length} skipped in ${((duration ?? 0) / 1000).toFixed(1)} s`);
      const file = process.env.BOUNDED_TEST_RESULTS;
      if (file) fs.writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, skipped }));
    });
  }
};
