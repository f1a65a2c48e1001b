/** The small memory that VS Code keeps for a view that is hidden and built again. */
export interface Memory {
  getState(): unknown;
  setState(state: unknown): void;
}

/** Remembers how far the page is scrolled; the answer puts it back once, after the first drawing. */
export function keepScroll(memory: Memory): () => void {
  let wanted = topOf(memory.getState());
  document.addEventListener('scrollend', () => memory.setState({ top: window.scrollY }));
  return () => {
    if (wanted > 0) window.scrollTo(0, wanted);
    wanted = 0;
  };
}

function topOf(state: unknown): number {
  return typeof state === 'object' && state !== null && 'top' in state && typeof state.top === 'number' ? state.top : 0;
}
