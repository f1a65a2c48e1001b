import type { Path } from '../session/changes.ts';

const names = new Set([
  'package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', '.yarnrc', '.yarnrc.yml', 'bun.lock', 'bun.lockb',
  'pyproject.toml', 'setup.py', 'setup.cfg', 'Pipfile', 'Pipfile.lock', 'poetry.lock', 'uv.lock', 'pdm.lock', 'environment.yml',
  'Cargo.toml', 'Cargo.lock', 'go.mod', 'go.sum', 'go.work', 'Gemfile', 'Gemfile.lock', 'composer.json', 'composer.lock',
  'pom.xml', 'build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.lockfile', 'Package.swift', 'Package.resolved', 'mix.exs', 'mix.lock',
]);

/** Whether a file says what a set-up installs: manifests and lock files of package managers, at any depth. */
export function isManifest(path: Path): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return names.has(name) || /^requirements[\w.-]*\.(?:txt|in)$/.test(name) || /\.(?:csproj|fsproj|gemspec)$/.test(name);
}
