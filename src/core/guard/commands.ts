import type { CommandPolicy } from '../contract/contract.ts';

/**
 * Whether a command line may run where no sandbox works: plain words joined by `&& || ; |`, each part equal to an entry
 * of `allow`. Anything that a shell would expand, redirect or substitute is refused rather than understood.
 */
export function isAllowedPlainly(command: string, policy: CommandPolicy): boolean {
  const allowed = new Set(policy.allow.map(squeeze));
  if (!/^[A-Za-z0-9_./:=@%+, &|;-]+$/.test(command)) return false;
  const parts = command.split(/&&|\|\||[;|]/).map(squeeze);
  return parts.every((part) => part !== '' && !part.includes('&') && allowed.has(part));
}

function squeeze(text: string): string {
  return text.trim().replace(/ +/g, ' ');
}
