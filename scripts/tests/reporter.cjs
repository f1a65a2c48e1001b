'use strict';
const fs = require('node:fs');
const { reporters, Runner } = require('mocha');

/** Milliseconds after which a test is worth a line. */
const slow = 10_000;

/** Lines of a failure that are repeated at the end of a run. */
const repeatedLines = 30;

/** @param {string} text */
const beginning = (text) => text.split('\n').slice(0, repeatedLines).join('\n');

/**
 * The reporter of every suite: one line per failed, skipped or slow test as it happens, the failures in full at the end. The counts so
 * far are always in the file that BOUNDED_TEST_RESULTS names, as JSON, so that a run that is cut short still says what it found.
 * Needs no terminal.
 */
module.exports = class Reporter extends reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const { EVENT_RUN_END, EVENT_SUITE_END, EVENT_TEST_END, EVENT_TEST_FAIL, EVENT_TEST_PASS, EVENT_TEST_PENDING } = Runner.constants;
    const skipped = [];
    const failures = [];
    const keep = () => {
      const file = process.env.BOUNDED_TEST_RESULTS;
      if (file) fs.writeFileSync(file, JSON.stringify({ passed: this.stats.passes, failed: this.stats.failures, skipped, failures }));
    };
    runner.on(EVENT_SUITE_END, (suite) => {
      if (suite.parent?.root && !suite.root) console.log(`  ${suite.title}`);
    });
    runner.on(EVENT_TEST_PASS, (test) => {
      if (test.duration > slow) console.log(`  ${(test.duration / 1000).toFixed(1)} s: ${test.fullTitle()}`);
    });
    runner.on(EVENT_TEST_FAIL, (test, error) => {
      failures.push(`${test.fullTitle()}\n${beginning(error?.stack ?? String(error))}`);
      console.log(`  ✗ ${test.fullTitle()}: ${String(error?.message).split('\n')[0]}`);
    });
    runner.on(EVENT_TEST_PENDING, (test) => {
      skipped.push(test.fullTitle());
      console.log(`  - skipped: ${test.fullTitle()}`);
    });
    runner.on(EVENT_TEST_END, keep);
    runner.once(EVENT_RUN_END, () => {
      if (this.failures.length > 0) reporters.Base.list(this.failures);
      console.log(`  ${this.stats.passes} passed, ${this.stats.failures} failed, ${skipped.length} skipped in ${((this.stats.duration ?? 0) / 1000).toFixed(1)} s`);
      keep();
    });
  }
};
