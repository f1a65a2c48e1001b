/** A contract that uses nearly every key, written as a person would. */
export const exampleContract = `task: |
  Extract activation vectors from chosen transformer layers.
  Generation outputs stay unchanged.

scope:
  change: [src/model/**, test/activations/**, docs/activations.md]   # may be created, edited, deleted
  never:  [src/scheduler/**, src/sampling/**, src/cache/**]          # named neighbours; wins over change
  oracle: [oracle/**]                                                # changed in oracle-only, then frozen
  secret: [.env*, "**/*.pem"]                                        # never read (added to the defaults)
  scratch: [coverage/**]    # commands may write here

on-stray: rewind            # rewind | flag | stop

diff:                       # counted against the boundary before the phase and against the base
  files: 8
  lines: 400                # added + removed
  uncounted: [package-lock.json]

oracle:
  setup: npm ci             # optional; once per clean tree
  record: [node --version, git --version]      # environment
  checks:
    - id: activations-match
      run: node oracle/compare.mjs --dtype \${dtype} --batch \${batch} --length \${length}
      matrix: { dtype: [float32, float16], batch: [1, 4], length: [8, 128] }
      timeout: 2m
      metrics:                                  # from the last JSON line of stdout
        max_abs_error: { at-most: 1e-6 }
        max_rel_error: { at-most: 1e-5 }
      override:
        - when: { dtype: float16 }
          metrics: { max_abs_error: { at-most: 2e-3 }, max_rel_error: { at-most: 1e-2 } }
    - id: generation-unchanged
      before: pass          # pass | fail at the baseline
      by: minimal-hook      # the boundary from which on it must be green
      run: npm test
      tests: { at-least: 12, skipped: 0 }       # from JUnit XML, TAP or the runner's own report
    - id: forecast
      run: python forecast.py
      metrics: { p75: { target: 1405191, bands: { reproduces: 5%, partial: 10% } } }
  decoys: 3                 # wrong implementations that the oracle must catch

budget: { time: 7h, cost: 20 USD, turns: 400, repairs: 5, explore: { turns: 40, time: 20m } }   # time = active time

phases: [explore, baseline, oracle-only, minimal-hook, production-shape, review]
gates:  { explore: person, oracle-only: person, minimal-hook: person, production-shape: person, review: person }

commands: { allow: [npm test], network: none, sandbox: preferred }
consent:  [May add one devDependency.]          # what is expressly allowed; everything else is not

model: { main: claude-opus-5-5, fast: claude-haiku-5-5, reviewer: claude-opus-5-5, effort: high }
`;

/** The smallest contract. */
export const smallestContract = `task: Do it.
scope:
  change: [src/**]
oracle:
  checks:
    - id: tests
      run: npm test
      tests: {}
`;
