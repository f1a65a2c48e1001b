import type { Browser } from 'playwright-core';
import { launchBrowser, openSideView } from './sideView.ts';
import type { SideView, Viewing } from './sideView.ts';
import { mainThemes } from './themes.ts';
import type { Theme } from './themes.ts';

/** The first theme, where the theme does not matter. */
export const anyTheme: Theme = mainThemes[0] ?? { name: '', bodyClass: '', colors: {} };

/** Pages for the tests of a suite. */
export interface SideViews {
  /** A page of its own, closed after the test. */
  open(viewing?: Partial<Viewing>): Promise<SideView>;
  /** The page that the tests of the suite share: a view is complete each time, so what was shown before leaves nothing behind. */
  shared(): SideView;
}

/** Starts one browser for the tests of a suite and ends it after them. */
export function sideViews(): SideViews {
  let browser: Browser | undefined;
  let common: SideView | undefined;
  let own: SideView[] = [];
  const opened = (viewing?: Partial<Viewing>): Promise<SideView> => openSideView(there(browser), { theme: anyTheme, ...viewing });
  before(async () => {
    browser = await launchBrowser();
    common = await opened();
    await common.posted();
  });
  afterEach(async () => {
    await Promise.all(own.map(({ page }) => page.close()));
    own = [];
  });
  after(() => browser?.close());
  return {
    open: async (viewing) => {
      const view = await opened(viewing);
      own.push(view);
      return view;
    },
    shared: () => there(common),
  };
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The browser has not been started.');
  return value;
}
